"""Measured values: what is plausible, the rules that they fire, and NEWS2; they may only raise a level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from consult.triage.rulebook.schema import News2, VitalRules

Measured = Mapping[str, float | str]

_WORDS = {"consciousness": ("alert", "not_alert"), "on_oxygen": ("yes", "no")}


@dataclass(frozen=True)
class EarlyWarning:
    """A NEWS2 sum; with missing inputs it is a lower bound and never means low risk."""

    points: int
    highest_single: int
    missing: tuple[str, ...]

    @property
    def band(self) -> Literal["emergency", "urgent", "none"]:
        """The response that the score asks for; `none` means only that it asks for nothing by itself."""
        if self.points >= 7:
            return "emergency"
        return "urgent" if self.points >= 5 or self.highest_single == 3 else "none"


def plausible_value(rules: VitalRules, name: str, raw: object) -> float | str | None:
    """The value if it can be true of a living person in the expected unit, else None for not known."""
    if name in _WORDS:
        return raw if isinstance(raw, str) and raw in _WORDS[name] else None
    if isinstance(raw, bool) or not isinstance(raw, int | float) or name not in rules.plausible:
        return None
    lowest, highest = rules.plausible[name]
    return float(raw) if lowest <= raw <= highest else None


def plausible_vitals(rules: VitalRules, measured: Measured) -> dict[str, float | str]:
    """The measured values without the impossible ones; a diastolic above its systolic removes both."""
    kept = {name: plausible_value(rules, name, raw) for name, raw in measured.items()}
    upper, lower = kept.get("systolic"), kept.get("diastolic")
    if isinstance(upper, float) and isinstance(lower, float) and lower >= upper:
        kept["systolic"] = kept["diastolic"] = None
    return {name: value for name, value in kept.items() if value is not None}


def news2(table: News2, values: Measured) -> EarlyWarning:
    """NEWS2 (Royal College of Physicians, 2017), oxygen scale 1; inputs that are missing add nothing."""
    points: list[int] = []
    missing: list[str] = []
    for name, bands in table.bands.items():
        value = values.get(name)
        if isinstance(value, int | float):
            points.append(_band_points(bands, float(value)))
        else:
            missing.append(name)
    for name, words in table.words.items():
        value = values.get(name)
        if isinstance(value, str):
            points.append(words[value])
        else:
            missing.append(name)
    return EarlyWarning(sum(points), max(points, default=0), tuple(missing))


def _band_points(bands: tuple[tuple[float | None, int], ...], value: float) -> int:
    """Points of the first band whose upper end holds the value; the last band has no upper end."""
    return next(points for upper, points in bands if upper is None or value <= upper)
