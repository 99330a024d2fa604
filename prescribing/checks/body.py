"""Age, weight and kidneys against each line."""
from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.kit.text import Text, counted
from prescribing.checks.doses import daily_sum, over_renal_cap, split_lines, with_amount
from prescribing.checks.findings import SEVERITY_OF, Coverage, Finding, Kind, Severity, Status
from prescribing.formulary.amounts import Amount, plain
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.dosing import renal_tier
from prescribing.formulary.drugs import Drug
from prescribing.formulary.lines import DraftLine
from prescribing.formulary.patient import DueMedicine, PatientFacts

OLD = 65
EGFR_FRESH_DAYS = 90
EGFR_UNKNOWN = Text(zh="eGFR 未知", en="The eGFR is unknown")
AGE_COVERS = Text(zh="核对说明书最低年龄和 65 岁以上的注意事项",
                  en="Lowest age of the label and cautions from 65 on compared")
RENAL_COVERS = Text(zh="按 eGFR 分级核对，分级来自成人资料", en="Compared by eGFR tiers, which come from adults")
WEIGHT_COVERS = Text(zh="只看体重与年龄是否相称", en="Only whether weight and age fit together")


def ages(lines: Sequence[DraftLine], patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    """Too young by the label, below the lowest age that the file has a dose for, or a caution from 65 on."""
    for n, line in enumerate(lines):
        drug = data.drugs.get(line.drug_id)
        if drug is None:
            continue
        if patient.months is None:
            yield _fact(n, drug, "age", "hard_stop", data, Text(zh="年龄未知", en="The age is unknown"))
        elif found := _too_young(n, drug, patient.months, data):
            yield found
        elif patient.months >= OLD * 12:
            yield from _elderly(n, drug, data)


def _too_young(n: int, drug: Drug, months: int, data: PrescribingData) -> Finding | None:
    rules = [rule for rule in drug.age_rules if months < rule.below_months]
    if rules:
        worst = min(rules, key=lambda rule: rule.below_months)
        return _finding(n, drug, "age", "rule", SEVERITY_OF[worst.level], worst.text, data)
    if drug.min_age_months is not None and months < drug.min_age_months:
        return _finding(n, drug, "age", "minimum", "must_confirm", Text(
            zh=f"处方集只有 {_years(drug.min_age_months, 'zh')} 以上的资料，小于此年龄属超说明书",
            en=f"The formulary covers {_years(drug.min_age_months, 'en')} and older; below is off-label"), data)
    return None


def _years(months: int, language: str) -> str:
    if months % 12 or months == 0:
        return f"{months} 个月" if language == "zh" else f"{months} months"
    return f"{months // 12} 岁" if language == "zh" else f"{months // 12} years"


def _elderly(n: int, drug: Drug, data: PrescribingData) -> Iterator[Finding]:
    for group in sorted(data.classes_of(drug.substances, drug.id)):
        said = data.groups[group].elderly
        if said:
            yield _finding(n, drug, "age", f"elderly-{group}", "precaution", said, data)


def kidneys(lines: Sequence[DraftLine], patient: PatientFacts, data: PrescribingData,
            due: Sequence[DueMedicine] = ()) -> Iterator[Finding]:
    """The tier of the eGFR, a dose above its cap, an unknown or an old eGFR; children have no tiers here.

    One that is too old is asked for like an unknown one, and what it says against a dose is still said.
    """
    for n, line in enumerate(lines):
        drug = data.drugs.get(line.drug_id)
        if drug is None or drug.renal.status != "tiers" or patient.is_child:
            continue
        if patient.egfr is None:
            yield _egfr_unknown(n, line, drug, EGFR_UNKNOWN, data)
            continue
        yield from _tier(n, line, drug, patient.egfr, data)
        if patient.egfr_too_old:
            yield _egfr_unknown(n, line, drug, _too_old(patient), data)
        elif (patient.egfr_days_ago or 0) > EGFR_FRESH_DAYS:
            yield _finding(n, drug, "renal", "old", "note",
                           Text(zh=f"eGFR 为 {patient.egfr_days_ago} 天前",
                                en=f"The eGFR is {counted(patient.egfr_days_ago or 0, 'day')} old"),
                           data)
    if patient.egfr is not None and not patient.is_child:
        yield from _tiers_together(lines, patient.egfr, data, due)


def _tier(n: int, line: DraftLine, drug: Drug, egfr: Decimal, data: PrescribingData) -> Iterator[Finding]:
    tier, cap = renal_tier(drug, egfr), over_renal_cap(line, drug, egfr)
    if tier is None:
        return
    severity = SEVERITY_OF[tier.level]
    detail = Text(zh=f"eGFR {plain(egfr)}：{tier.text.zh}", en=f"eGFR {plain(egfr)}: {tier.text.en}")
    if cap and severity != "hard_stop":
        severity = "must_confirm"
        detail = Text(zh=f"{detail.zh}；每日不超过 {cap.text().zh}，本行超过",
                      en=f"{detail.en}; at most {cap.text().en} a day, this line is above")
    if severity == "must_confirm":
        detail = with_amount(detail, line, drug)
    yield _finding(n, drug, "renal", f"below-{tier.below}", severity, detail, data)


def _tiers_together(lines: Sequence[DraftLine], egfr: Decimal, data: PrescribingData,
                    due: Sequence[DueMedicine]) -> Iterator[Finding]:
    """Lines of one substance below its cap one by one and above it together."""
    ordered = {drug.id: drug for line in lines if (drug := data.drugs.get(line.drug_id))}
    single = {one.id: one for drug in ordered.values() for name in drug.substances for one in data.single_drugs(name)}
    for drug in (single | ordered).values():
        tier = renal_tier(drug, egfr)
        if tier is None or tier.daily_max is None:
            continue
        every, total = daily_sum([*lines, *(one.order for one in due)], drug, tier.daily_max.unit, data)
        at, before = split_lines(every, len(lines), due)
        if at and len(every) > 1 and total.value > tier.daily_max.value:
            yield _sum_above_cap(at, before, drug, egfr, tier.daily_max, total, data)


def _sum_above_cap(at: tuple[int, ...], before: Text | None, drug: Drug, egfr: Decimal, cap: Amount, total: Amount,
                   data: PrescribingData) -> Finding:
    zh, en = (before.zh, f"these lines ({before.en})") if before else ("几行", "these lines")
    return _finding(at[0], drug, "renal", "together", "must_confirm", Text(
        zh=f"eGFR {plain(egfr)}：每日不超过 {cap.text().zh}，{zh}加起来每日 {total.text().zh}",
        en=f"eGFR {plain(egfr)}: at most {cap.text().en} a day, {en} give {total.text().en} together"),
        data).model_copy(update={"id": f"renal:together:{drug.id}", "lines": at})


def _too_old(patient: PatientFacts) -> Text:
    """The last value with its day, in words that stay the same from day to day."""
    value = plain(patient.egfr or Decimal(0))
    zh, en = (f"是 {patient.egfr_on} 的 {value}", f"{value}, is of {patient.egfr_on}") if patient.egfr_on else (
        f"是一年多以前的 {value}", f"{value}, is more than a year old")
    return Text(zh=f"最近一次 eGFR {zh}，太旧，不能作准", en=f"The last known eGFR, {en}, too old to go by")


def _egfr_unknown(n: int, line: DraftLine, drug: Drug, why: Text, data: PrescribingData) -> Finding:
    """Asks for a reason where a tier forbids or caps; a mere precaution is shown."""
    grave = any(tier.level in ("contraindicated", "avoid") or tier.daily_max for tier in drug.renal.tiers)
    worst = drug.renal.tiers[0]
    said = Text(zh=f"{why.zh}。eGFR 低于 {worst.below} 时：{worst.text.zh}",
                en=f"{why.en}. Below {worst.below}: {worst.text.en}")
    return _fact(n, drug, "egfr", "must_confirm" if grave else "precaution", data,
                 with_amount(said, line, drug) if grave else said)


def weights(patient: PatientFacts) -> Iterator[Finding]:
    """A child's weight far from what the age lets expect: jin for kilograms is the usual slip."""
    months, weight = patient.months, patient.weight_kg
    if not patient.is_child or months is None or weight is None or months < 12:
        return
    low, high = expected_weight(months)
    if not low <= weight <= high:
        yield Finding(
            id=f"weight:implausible:{plain(weight)}", kind="weight", severity="must_confirm", lines=(),
            title=Text(zh=f"体重 {plain(weight)} kg 与年龄不相称",
                       en=f"Weight {plain(weight)} kg does not fit the age"),
            detail=Text(zh=f"这个年龄多在 {plain(low)}–{plain(high)} kg。是不是把斤当成了公斤？",
                        en=f"At this age most weigh {plain(low)}–{plain(high)} kg. Were jin written as kilograms?"),
            action=Text(zh="和家长核对体重", en="Check the weight with the parents"),
            source=Text(zh="本院估算，范围放得很宽", en="House estimate, drawn wide"), covers=WEIGHT_COVERS)


def expected_weight(months: int) -> tuple[Decimal, Decimal]:
    """A wide range in kg: from 0.6 to 2 times (2 × years + 8), the rule of thumb for children."""
    middle = Decimal(2 * min(months, 168)) / 12 + 8
    return round(middle * Decimal("0.6"), 1), round(middle * 2, 1)


def _finding(n: int, drug: Drug, kind: Kind, what: str, severity: Severity, detail: Text,
             data: PrescribingData) -> Finding:
    actions = {"age": Text(zh="换药，或写明理由并取得知情同意",
                           en="Change it, or write the reason and get informed consent"),
               "renal": Text(zh="调整剂量、换药或安排复查", en="Adjust, change or arrange a check")}
    # What the kidneys say depends on the dose of the line, what the age says does not.
    place = f":{n}" if kind == "renal" else ""
    return Finding(id=f"{kind}:{what}:{drug.id}{place}", kind=kind, severity=severity, lines=(n,), title=drug.name,
                   detail=detail, action=actions[kind], source=data.source_text(drug.sources),
                   covers=AGE_COVERS if kind == "age" else RENAL_COVERS)


def _fact(n: int, drug: Drug, fact: str, severity: Severity, data: PrescribingData, detail: Text) -> Finding:
    place = f":{n}" if fact == "egfr" else ""
    return Finding(id=f"missing_fact:{fact}:{drug.id}{place}", kind="missing_fact", severity=severity, lines=(n,),
                   title=drug.name, detail=detail, missing=fact, source=data.source_text(drug.sources),
                   action=Text(zh="补上这项资料；拿不到时写明理由", en="Record it; if it cannot be had, write why"),
                   covers=AGE_COVERS if fact == "age" else RENAL_COVERS)


def age_coverage(n: int, drug: Drug, patient: PatientFacts, found: bool) -> Coverage:
    """What the check covered on one line."""
    if patient.months is None:
        return Coverage(line=n, kind="age", status="missing_fact", statement=Text(zh="年龄未知，未核对",
                                                                                  en="Age unknown, not checked"))
    if drug.min_age_months is None and not drug.age_rules:
        return Coverage(line=n, kind="age", status="not_covered",
                        statement=Text(zh="处方集没有年龄资料，未核对", en="No age data in the formulary, not checked"))
    told = Text(zh=f"{patient.years} 岁；{AGE_COVERS.zh}", en=f"Age {patient.years}. {AGE_COVERS.en}")
    return Coverage(line=n, kind="age", status="found" if found else "none_found", statement=told)


def renal_coverage(n: int, drug: Drug, patient: PatientFacts, found: bool) -> Coverage:
    """What the check covered on one line; an unknown eGFR is a missing fact, no data is not covered."""
    said, status = _renal_said(drug, patient, found)
    return Coverage(line=n, kind="renal", status=status, statement=said)


def _renal_said(drug: Drug, patient: PatientFacts, found: bool) -> tuple[Text, Status]:
    if drug.renal.status == "not_in_data":
        return Text(zh="处方集没有肾功能资料，未核对", en="No kidney data in the formulary, not checked"), "not_covered"
    if drug.renal.status == "no_change":
        return Text(zh="肾功能不需调整", en="No change for the kidneys"), "none_found"
    if patient.is_child:
        return Text(zh="分级来自成人资料，儿童未核对", en="Adult tiers only, not checked in children"), "not_covered"
    if patient.egfr is None:
        return Text(zh="eGFR 未知，未核对", en="eGFR unknown, not checked"), "missing_fact"
    if patient.egfr_too_old:
        why = _too_old(patient)
        return Text(zh=f"{why.zh}；只核对了它不许的剂量",
                    en=f"{why.en}; only what it speaks against was checked"), "missing_fact"
    said = Text(zh=f"eGFR {plain(patient.egfr)}；{RENAL_COVERS.zh}",
                en=f"eGFR {plain(patient.egfr)}. {RENAL_COVERS.en}")
    return said, "found" if found else "none_found"


def weight_coverage(n: int, patient: PatientFacts, found: bool) -> Coverage:
    """Whether the weight was looked at; adults have none to look at."""
    if patient.is_child is False:
        return Coverage(line=n, kind="weight", status="not_applicable", statement=Text(zh="成人不适用",
                                                                                       en="Not for adults"))
    if patient.weight_kg is None or patient.months is None or patient.months < 12:
        return Coverage(line=n, kind="weight", status="missing_fact" if patient.weight_kg is None else "not_covered",
                        statement=Text(zh="体重未核对", en="The weight was not checked"))
    return Coverage(line=n, kind="weight", status="found" if found else "none_found", statement=WEIGHT_COVERS)
