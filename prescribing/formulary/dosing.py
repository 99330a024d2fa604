"""Which limits hold for this patient, and the hint that a doctor reads beside the dose field."""
from decimal import Decimal
from typing import Literal

from app.kit.text import Text
from prescribing.formulary.amounts import Amount, Frozen, joined, plain
from prescribing.formulary.drugs import Band, Drug, PerKg, RenalTier, Route
from prescribing.formulary.patient import PatientFacts


class Limits(Frozen):
    """The most at once and in a day for this patient, and how it was found."""

    single: Amount
    daily: Amount
    basis: Text


class NoLimits(Frozen):
    """Why no limit can be told: the data has none, or a fact is missing."""

    why: Literal["no_data", "age_unknown", "weight_unknown"]
    text: Text


class DoseHint(Frozen):
    """Text and numbers to read; the numbers are never put into a field by the program."""

    text: Text
    limits: Limits | None
    missing: Literal["age", "weight"] | None


NO_DATA = NoLimits(why="no_data", text=Text(zh="处方集没有这种情况的剂量上限",
                                            en="The formulary has no maximum for this case"))
NO_AGE = NoLimits(why="age_unknown", text=Text(zh="年龄未知，不能核对剂量",
                                               en="The age is unknown, so the dose cannot be checked"))
NO_WEIGHT = NoLimits(why="weight_unknown", text=Text(zh="孩子的体重未知，不能核对剂量",
                                                     en="The child's weight is unknown, so the dose cannot be checked"))


def limits_for(drug: Drug, patient: PatientFacts, route: Route) -> Limits | NoLimits:
    """The limits by route, age and weight; a missing fact is told and never guessed."""
    if drug.adult_max is None or route not in drug.adult_max.routes:
        return NO_DATA
    if patient.months is None:
        return NO_AGE
    if not patient.is_child:
        basis = Text(zh="成人上限", en="adult maximum")
        return Limits(single=drug.adult_max.single, daily=drug.adult_max.daily, basis=basis)
    return _child_limits(drug, patient, patient.months)


def _child_limits(drug: Drug, patient: PatientFacts, months: int) -> Limits | NoLimits:
    if drug.child is None:
        return NO_DATA
    bands = [band for band in drug.child.bands if band.from_months <= months < band.to_months]
    by_weight = drug.child.per_kg or any(band.min_kg is not None for band in bands)
    if by_weight and patient.weight_kg is None:
        return NO_WEIGHT
    if drug.child.per_kg and patient.weight_kg is not None:
        return _per_kg(drug.child.per_kg, patient.weight_kg)
    fits = [band for band in bands if _in_band(band, patient.weight_kg)]
    return _band_limits(fits[0]) if fits else NO_DATA


def _per_kg(per_kg: PerKg, weight: Decimal) -> Limits:
    def capped(each: Amount, cap: Amount) -> Amount:
        return Amount(value=min(each.value * weight, cap.value), unit=each.unit)

    basis = Text(zh=f"按体重 {plain(weight)} kg，每次 {per_kg.single.text().zh}/kg",
                 en=f"by weight {plain(weight)} kg, {per_kg.single.text().en}/kg a dose")
    return Limits(single=capped(per_kg.single, per_kg.cap_single),
                  daily=capped(per_kg.daily, per_kg.cap_daily), basis=basis)


def _in_band(band: Band, weight: Decimal | None) -> bool:
    if band.min_kg is None or band.max_kg is None:
        return True
    return weight is not None and band.min_kg <= weight < band.max_kg


def _band_limits(band: Band) -> Limits:
    heavy = f"、{band.min_kg}–{band.max_kg} kg" if band.min_kg is not None else ""
    heavy_en = f", {band.min_kg}–{band.max_kg} kg" if band.min_kg is not None else ""
    basis = Text(zh=f"按年龄 {_age(band.from_months, 'zh')}–{_age(band.to_months, 'zh')}{heavy}",
                 en=f"by age {_age(band.from_months, 'en')} to {_age(band.to_months, 'en')}{heavy_en}")
    return Limits(single=band.single, daily=band.daily, basis=basis)


def _age(months: int, language: str) -> str:
    if months % 12:
        return f"{months} 个月" if language == "zh" else f"{months} months"
    return f"{months // 12} 岁" if language == "zh" else f"{months // 12} years"


def renal_tier(drug: Drug, egfr: Decimal) -> RenalTier | None:
    """The tier in which an eGFR falls: the lowest upper end above it."""
    return next((tier for tier in sorted(drug.renal.tiers, key=lambda t: t.below) if egfr < tier.below), None)


def dose_hint(drug: Drug, patient: PatientFacts, route: Route | None = None) -> DoseHint:
    """Usual regimens, the limit for this patient and the kidney's word, to read and not to fill in."""
    found = limits_for(drug, patient, route or drug.products[0].route)
    told = [usual.text for usual in drug.usual]
    limits = found if isinstance(found, Limits) else None
    if limits:
        told.append(Text(
            zh=f"{limits.basis.zh}：每次不超过 {limits.single.text().zh}，每天不超过 {limits.daily.text().zh}",
            en=f"{limits.basis.en}: at most {limits.single.text().en} a dose, {limits.daily.text().en} a day"))
    elif isinstance(found, NoLimits):
        told.append(found.text)
    told.append(_kidney(drug, patient))
    missing: dict[str, Literal["age", "weight"]] = {"age_unknown": "age", "weight_unknown": "weight"}
    return DoseHint(text=joined(told), limits=limits,
                    missing=missing.get(found.why) if isinstance(found, NoLimits) else None)


def _kidney(drug: Drug, patient: PatientFacts) -> Text:
    if drug.renal.status == "no_change":
        return Text(zh="肾功能不需调整", en="no change for the kidneys")
    if drug.renal.status == "not_in_data":
        return Text(zh="肾功能：处方集没有数据，未核对", en="kidneys: not in the formulary, not checked")
    if patient.egfr is None:
        return Text(zh="eGFR 未知，此药需要看肾功能", en="eGFR unknown; this medicine depends on it")
    if patient.egfr_too_old:
        return Text(zh="最近一次 eGFR 太旧，不能作准，此药需要看肾功能",
                    en="the last eGFR is too old to go by; this medicine depends on it")
    tier = renal_tier(drug, patient.egfr)
    said = tier.text if tier else Text(zh="不需调整", en="no change")
    return Text(zh=f"eGFR {plain(patient.egfr)}：{said.zh}", en=f"eGFR {plain(patient.egfr)}: {said.en}")
