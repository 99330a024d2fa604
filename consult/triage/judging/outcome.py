"""What triage found, complete enough to be read years later without the rule set."""

import hashlib
from typing import Literal

import rfc8785
from pydantic import BaseModel, ConfigDict

from app.kit.text import Text
from consult.triage.rulebook.levels import Level
from consult.triage.rulebook.schema import CrisisLine

Phase = Literal["gate", "red_flag", "vitals", "discriminator", "modifier", "unknown", "self_care", "default"]


class Finding(BaseModel):
    """A part of the outcome; fixed once made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(Finding):
    """A question in short, and the answer that was given."""

    question: str
    text: Text
    value: str
    value_text: Text


class Fired(Finding):
    """A rule that held, its reason, the answers that made it hold, and its sources."""

    rule: str
    phase: Phase
    level: Level
    why: Text
    answers: tuple[Said, ...]
    source: tuple[str, ...]


class Open(Finding):
    """A question that is not known, and why: said so, not asked, impossible value, or taken back."""

    question: str
    text: Text
    red_flag: bool
    reason: Literal["said_unknown", "not_answered", "implausible", "taken_back", "text_disagrees"]


class Change(Finding):
    """The level that another answer to one question would have given."""

    question: str
    text: Text
    value: str
    value_text: Text
    level: Level


class Bounds(Finding):
    """The level if everything open were harmless, and if everything open were serious."""

    lowest: Level
    highest: Level


class Advice(Finding):
    """A department with the reason for it; the list is ranked."""

    code: str
    name: Text
    why: Text


class Score(Finding):
    """NEWS2; with missing inputs a lower bound."""

    points: int
    highest_single: int
    missing: tuple[str, ...]


class Outcome(Finding):
    """Level, department, reasons, what stayed open, what to watch for, and the rule set that decided."""

    complaint: str
    title: Text
    level: Level
    headline: Text
    departments: tuple[Advice, ...]
    fired: tuple[Fired, ...]
    ruled_out: tuple[Said, ...]
    stayed_unknown: tuple[Open, ...]
    would_change: tuple[Change, ...]
    bounds: Bounds
    watch_for: tuple[Text, ...]
    advice: tuple[Text, ...]
    safety_net: Text | None
    meanwhile: tuple[Text, ...]
    self_harm: bool
    crisis_lines: tuple[CrisisLine, ...]
    call_back: bool
    score: Score | None
    protocol_version: int
    reviewed: bool
    engine: int
    ruleset_hash: str

    def canonical(self) -> bytes:
        """The outcome as canonical JSON (RFC 8785), the same bytes for the same outcome."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hex."""
        return hashlib.sha256(self.canonical()).hexdigest()
