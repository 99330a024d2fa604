"""Single and daily doses against the limits for this patient, one line alone and a substance over all lines."""
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.kit.text import Text
from prescribing.checks.findings import Coverage, Finding, Severity
from prescribing.formulary.amounts import MICROGRAMS, Amount, Unit
from prescribing.formulary.book import PrescribingData
from prescribing.formulary.dosing import Limits, NoLimits, limits_for, renal_tier
from prescribing.formulary.drugs import Drug, Product
from prescribing.formulary.lines import DraftLine, dose_in, measured_units, units_of
from prescribing.formulary.patient import DueMedicine, PatientFacts
from prescribing.formulary.problems import DoseNotPossible
from prescribing.formulary.wording import how_much

COVERS = Text(zh="核对单次量和每日量；不核对疗程总量和肝功能",
              en="Single and daily dose compared; not the whole course and not the liver")
REDUCE = Text(zh="减量、减少次数或换规格", en="Lower the dose, give it less often or change the product")

LOWER_OR_REVOKE = Text(zh="删去或减量，或先撤销前面那张处方",
                       en="Remove it, lower the dose, or have the earlier prescription revoked first")


def doses(lines: Sequence[DraftLine], patient: PatientFacts, data: PrescribingData,
          due: Sequence[DueMedicine] = ()) -> Iterator[Finding]:
    """Everything about amounts; what cannot be compared is said. `due` stands elsewhere and is added up with them."""
    for n, line in enumerate(lines):
        drug = data.drugs.get(line.drug_id)
        if drug:
            yield from _line(n, line, drug, patient, data)
    yield from _together(lines, patient, data, due)


def _line(n: int, line: DraftLine, drug: Drug, patient: PatientFacts, data: PrescribingData) -> Iterator[Finding]:
    product = drug.product(line.product_code)
    if product is None or product.route != line.route:
        yield _finding(n, drug, "product", data, Text(zh="规格或途径与处方集不符",
                                                      en="Product or route is not that of the formulary"),
                       Text(zh="重新选规格", en="Choose the product again"))
        return
    if drug.only_frequencies and line.frequency not in drug.only_frequencies:
        yield _finding(n, drug, "frequency", data,
                       Text(zh="这种药只能按每周 1 次开，每天用会致命",
                            en="This medicine is given once a week only; daily use can kill"),
                       Text(zh="改为每周 1 次", en="Change it to once a week"))
    try:
        measured_units(product, line.dose)
        yield from _compare(n, line, drug, product, patient, data)
    except DoseNotPossible as wrong:
        yield _finding(n, drug, "measure", data, wrong.detail, REDUCE)


def _compare(n: int, line: DraftLine, drug: Drug, product: Product, patient: PatientFacts,
             data: PrescribingData) -> Iterator[Finding]:
    limits = limits_for(drug, patient, line.route)
    if isinstance(limits, NoLimits):
        yield _open(n, line, drug, limits, data)
        return
    single = dose_in(product, line.dose, limits.single.unit)
    daily = dose_in(product, line.dose, limits.daily.unit) * line.doses_a_day
    if single > limits.single.value:
        yield _too_much(n, drug, "single", Amount(value=single, unit=limits.single.unit), limits, data)
    if daily > limits.daily.value:
        yield _too_much(n, drug, "daily", Amount(value=daily, unit=limits.daily.unit), limits, data)


def _too_much(n: int, drug: Drug, which: str, given: Amount, limits: Limits, data: PrescribingData) -> Finding:
    most = limits.single if which == "single" else limits.daily
    zh, en = ("单次", "single") if which == "single" else ("每日", "daily")
    return _finding(n, drug, which, data,
                    Text(zh=f"{zh} {given.text().zh}，超过上限 {most.text().zh}（{limits.basis.zh}）",
                         en=f"The {en} dose {given.text().en} is above {most.text().en} ({limits.basis.en})"), REDUCE)


def with_amount(said: Text, line: DraftLine, drug: Drug) -> Text:
    """Words that end with what the line orders: another amount is another question, and is asked again."""
    ordered = how_much(line, drug.product(line.product_code))
    return Text(zh=f"{said.zh}。本行：{ordered.zh}", en=f"{said.en}. This line: {ordered.en}")


def _open(n: int, line: DraftLine, drug: Drug, none: NoLimits, data: PrescribingData) -> Finding:
    if none.why == "no_data":
        return Finding(id=f"not_covered:dose:{drug.id}:{n}", kind="not_covered", severity="not_checked", lines=(n,),
                       title=drug.name, detail=with_amount(none.text, line, drug), covers=COVERS,
                       source=data.source_text(drug.sources),
                       action=Text(zh="请您按说明书自行核对剂量", en="Please check the dose with the label yourself"))
    fact = "age" if none.why == "age_unknown" else "weight"
    return Finding(id=f"missing_fact:{fact}:{drug.id}", kind="missing_fact", severity="hard_stop", lines=(n,),
                   title=drug.name, detail=none.text, covers=COVERS, missing=fact,
                   source=data.source_text(drug.sources),
                   action=Text(zh="先补上这项资料，再核对剂量", en="Record it first, then the dose is checked"))


def _finding(n: int, drug: Drug, what: str, data: PrescribingData, detail: Text, action: Text,
             severity: Severity = "hard_stop") -> Finding:
    return Finding(id=f"dose:{what}:{drug.id}:{n}", kind="dose", severity=severity, lines=(n,), title=drug.name,
                   detail=detail, action=action, source=data.source_text(drug.sources), covers=COVERS)


def _together(lines: Sequence[DraftLine], patient: PatientFacts, data: PrescribingData,
              due: Sequence[DueMedicine]) -> Iterator[Finding]:
    """Sum a substance over all lines, so that two lines below the limit are not above it together.

    What was prescribed before and is not delivered yet counts like a line: two prescriptions are no way around it.
    """
    every = [*lines, *(one.order for one in due)]
    for substance, per_line in _daily_amounts(every, data).items():
        here, before = split_lines(per_line, len(lines), due)
        if not here:
            continue
        limited = [(drug, limits) for drug in data.single_drugs(substance)
                   if isinstance(limits := limits_for(drug, patient, drug.products[0].route), Limits)
                   and limits.daily.unit in MICROGRAMS]
        if len(per_line) < 2 or not limited:
            continue
        drug, limits = limited[0]
        total = sum(per_line.values(), Decimal(0)) / MICROGRAMS[limits.daily.unit]
        if total > limits.daily.value:
            yield _sum_too_high(here, before, drug, Amount(value=total, unit=limits.daily.unit), limits, data)


def split_lines(at: Iterable[int], own: int, due: Sequence[DueMedicine]) -> tuple[tuple[int, ...], Text | None]:
    """The lines of the draft among some numbers, and the days on which the others were prescribed, in words."""
    here = tuple(n for n in at if n < own)
    days = sorted({due[n - own].prescribed_on for n in at if n >= own})
    if not days:
        return here, None
    zh, en = "、".join(f"{d.month} 月 {d.day} 日" for d in days), ", ".join(f"{d.day} {d:%b}" for d in days)
    return here, Text(zh=f"连同 {zh}开的、还没交到患者手上的",
                      en=f"with what was prescribed on {en}, not delivered yet")


def _sum_too_high(at: tuple[int, ...], before: Text | None, drug: Drug, total: Amount, limits: Limits,
                  data: PrescribingData) -> Finding:
    zh, en = (before.zh, f"({before.en}) ") if before else ("几行", "")
    return Finding(
        id=f"dose:together:{drug.id}", kind="dose", severity="hard_stop", lines=at, title=drug.name,
        detail=Text(zh=f"{zh}加起来每日 {total.text().zh}，超过上限 {limits.daily.text().zh}",
                    en=f"Together {en}{total.text().en} a day, above {limits.daily.text().en}"),
        action=LOWER_OR_REVOKE if before else Text(zh="删去一行或减量", en="Remove a line or lower the dose"),
        source=data.source_text(drug.sources), covers=COVERS)


def _daily_amounts(lines: Sequence[DraftLine], data: PrescribingData) -> dict[str, dict[int, Decimal]]:
    """Micrograms of each substance a day by line, by mouth or injection; the skin and the nose do not add up."""
    found: dict[str, dict[int, Decimal]] = {}
    for n, line in enumerate(lines):
        drug = data.drugs.get(line.drug_id)
        product = drug.product(line.product_code) if drug else None
        if product is None or line.route not in ("oral", "sublingual", "subcutaneous", "intravenous"):
            continue
        for component in product.components:
            if component.unit in MICROGRAMS:
                units = _units_or_none(product, line.dose)
                each = component.value * MICROGRAMS[component.unit]
                found.setdefault(component.substance, {})[n] = (units or Decimal(0)) * each * line.doses_a_day
    return found


def _units_or_none(product: Product, dose: Amount) -> Decimal | None:
    """Units of a dose; None where the line itself is stopped because its dose cannot be measured."""
    try:
        return units_of(product, dose)
    except DoseNotPossible:
        return None


def over_renal_cap(line: DraftLine, drug: Drug, egfr: Decimal) -> Amount | None:
    """The lower daily maximum for weak kidneys when this line is above it."""
    tier, product = renal_tier(drug, egfr), drug.product(line.product_code)
    if tier is None or tier.daily_max is None or product is None:
        return None
    try:
        daily = dose_in(product, line.dose, tier.daily_max.unit) * line.doses_a_day
    except DoseNotPossible:
        return tier.daily_max
    return tier.daily_max if daily > tier.daily_max.value else None


def daily_sum(lines: Sequence[DraftLine], drug: Drug, unit: Unit,
              data: PrescribingData) -> tuple[tuple[int, ...], Amount]:
    """The lines that hold a substance and what they give of it a day; a combination is counted by its own lines."""
    if len(drug.substances) == 1 and unit in MICROGRAMS:
        found = _daily_amounts(lines, data).get(drug.substances[0], {})
        return tuple(found), Amount(value=sum(found.values(), Decimal(0)) / MICROGRAMS[unit], unit=unit)
    found = {n: _daily_or_nothing(line, drug, unit) for n, line in enumerate(lines) if line.drug_id == drug.id}
    return tuple(found), Amount(value=sum(found.values(), Decimal(0)), unit=unit)


def _daily_or_nothing(line: DraftLine, drug: Drug, unit: Unit) -> Decimal:
    """What a line gives a day; nothing where the line itself is stopped because its dose cannot be measured."""
    product = drug.product(line.product_code)
    try:
        return dose_in(product, line.dose, unit) * line.doses_a_day if product else Decimal(0)
    except DoseNotPossible:
        return Decimal(0)


def dose_coverage(n: int, line: DraftLine, patient: PatientFacts, found: bool, data: PrescribingData) -> Coverage:
    """What the check covered on one line."""
    drug = data.drugs.get(line.drug_id)
    limits = limits_for(drug, patient, line.route) if drug else None
    if limits is None or (isinstance(limits, NoLimits) and limits.why == "no_data"):
        return Coverage(line=n, kind="dose", status="not_covered",
                        statement=Text(zh="处方集没有剂量上限，未核对", en="No maximum in the formulary, not checked"))
    if isinstance(limits, NoLimits):
        return Coverage(line=n, kind="dose", status="missing_fact", statement=limits.text)
    return Coverage(line=n, kind="dose", status="found" if found else "none_found", statement=Text(
        zh=f"单次上限 {limits.single.text().zh}，每日上限 {limits.daily.text().zh}（{limits.basis.zh}）",
        en=f"Maximum {limits.single.text().en} at once, {limits.daily.text().en} a day ({limits.basis.en})"))
