"""Reads the protocol files, refuses what is wrong with them, and names the result by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from consult.triage.rulebook import soundness
from consult.triage.rulebook.conditions import BadCondition
from consult.triage.rulebook.schema import Departments, Gate, Lexicon, Modifiers, Protocol, RuleSet, Source, VitalRules

# The same safe loader in C where PyYAML was built with it: ten times as fast.
SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
FOLDER = Path(__file__).parent.parent / "protocols"
NOT_PROTOCOLS = (
    "gate.yaml", "vitals.yaml", "modifiers.yaml", "departments.yaml", "sources.yaml", "shared.yaml", "lexicon.yaml"
)


class BadRuleSet(Exception):
    """The protocol files contradict themselves or lack something; `faults` lists every place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def shipped_files() -> dict[str, str]:
    """The protocol files of this installation, name to text."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}


def hash_of(files: Mapping[str, str]) -> str:
    """SHA-256 over names and contents; any change of any file changes it."""
    lines = [f"{name}\n{hashlib.sha256(text.encode()).hexdigest()}\n" for name, text in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_ruleset(files: Mapping[str, str]) -> RuleSet:
    """The rule set that the files describe; raises BadRuleSet with every fault that was found."""
    trees = {name: _parse(name, text) for name, text in files.items()}
    missing = [f"{name}: file is missing" for name in NOT_PROTOCOLS if name not in trees]
    if missing:
        raise BadRuleSet(missing)
    ruleset = _build(trees, hash_of(files))
    faults = soundness.faults_of(ruleset)
    if faults:
        raise BadRuleSet(faults)
    return ruleset


@lru_cache(maxsize=8)
def _read_frozen(frozen: str) -> RuleSet:
    return read_ruleset(json.loads(frozen))


def freeze_files(files: Mapping[str, str]) -> str:
    """The files as one text that can be stored and read again years later."""
    return json.dumps(dict(sorted(files.items())), ensure_ascii=False, separators=(",", ":"))


def thaw_ruleset(frozen: str) -> RuleSet:
    """The rule set of a stored text; the same text gives the same object."""
    return _read_frozen(frozen)


@lru_cache(maxsize=1)
def load_ruleset() -> RuleSet:
    """The rule set of this installation, read and checked once a process."""
    return read_ruleset(shipped_files())


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        tree = yaml.load(text, Loader=SafeLoader)  # noqa: S506 - one of the two safe loaders
    except yaml.YAMLError as error:
        raise BadRuleSet([f"{name}: not readable as YAML: {error}"]) from error
    if not isinstance(tree, dict):
        raise BadRuleSet([f"{name}: expected a mapping at the top"])
    return tree


def _build(trees: dict[str, dict[str, Any]], digest: str) -> RuleSet:
    faults: list[str] = []
    shared = {q["id"]: q for q in trees["shared.yaml"].get("questions", [])}

    def shaped(kind: type[BaseModel], name: str, tree: Any) -> Any:
        try:
            return kind.model_validate(tree)
        except ValidationError as error:
            faults.extend(_plain(name, error))
        except BadCondition as error:
            faults.append(f"{name}: {error}")
        return None

    protocols = [
        shaped(Protocol, name, _with_shared(name, tree, shared, faults))
        for name, tree in trees.items()
        if name not in NOT_PROTOCOLS
    ]
    sources = {key: shaped(Source, f"sources.yaml {key}", raw) for key, raw in trees["sources.yaml"].items()}
    gate = shaped(Gate, "gate.yaml", trees["gate.yaml"])
    vitals = shaped(VitalRules, "vitals.yaml", trees["vitals.yaml"])
    modifiers = shaped(Modifiers, "modifiers.yaml", trees["modifiers.yaml"])
    departments = shaped(Departments, "departments.yaml", trees["departments.yaml"])
    lexicon = shaped(Lexicon, "lexicon.yaml", trees["lexicon.yaml"])
    if faults:
        raise BadRuleSet(faults)
    named = {protocol.protocol: protocol for protocol in protocols}
    if len(named) != len(protocols):
        raise BadRuleSet(["two files describe the same protocol"])
    return RuleSet(
        hash=digest,
        sources=sources,
        gate=gate,
        vitals=vitals,
        modifiers=modifiers,
        departments=departments,
        lexicon=lexicon,
        protocols=named,
    )


def _with_shared(name: str, tree: dict[str, Any], shared: dict[str, Any], faults: list[str]) -> dict[str, Any]:
    """Put the shared questions in place of `{use: id}`; keys beside `use` replace the shared ones."""
    questions = []
    for raw in tree.get("questions", []):
        if "use" not in raw:
            questions.append(raw)
        elif raw["use"] in shared:
            questions.append({**shared[raw["use"]], **{k: v for k, v in raw.items() if k != "use"}})
        else:
            faults.append(f"{name}: no shared question is called {raw['use']}")
    return {**tree, "questions": questions}


def _plain(name: str, error: ValidationError) -> list[str]:
    """One line a fault: file, place, what is wrong."""
    return [f"{name}: {'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()]
