"""The line in the words that the patient reads: when, how much, how, how long."""
from decimal import Decimal

from app.kit.text import Text, counted
from prescribing.formulary.amounts import UNIT_NAMES, Amount, plain
from prescribing.formulary.drugs import Product
from prescribing.formulary.lines import DraftLine, units_of

OFTEN: dict[str, Text] = {
    "qd": Text(zh="每天 1 次", en="once a day"), "bid": Text(zh="每天早、晚 2 次",
                                                          en="twice a day, morning and evening"),
    "tid": Text(zh="每天早、中、晚 3 次", en="three times a day"), "qid": Text(zh="每天 4 次", en="four times a day"),
    "qn": Text(zh="每天晚上", en="every evening"), "q12h": Text(zh="每 12 小时 1 次", en="every 12 hours"),
    "q8h": Text(zh="每 8 小时 1 次", en="every 8 hours"), "q6h": Text(zh="每 6 小时 1 次", en="every 6 hours"),
    "qod": Text(zh="隔一天 1 次", en="every other day"),
    "qw": Text(zh="每周 1 次，不是每天", en="once a WEEK, not every day"), "st": Text(zh="只用 1 次", en="once only"),
}
# With one dose a day the time of day says how often.
DAILY: dict[str, Text] = {
    "morning": Text(zh="每天早上", en="every morning"), "evening": Text(zh="每天晚上", en="every evening"),
    "bedtime": Text(zh="每晚睡前", en="every night at bedtime"),
    "before_breakfast": Text(zh="每天早饭前", en="every day before breakfast"),
    "after_breakfast": Text(zh="每天早饭后", en="every day after breakfast"),
}
MEALS: dict[str, Text] = {
    "morning": Text(zh="早上", en="in the morning"), "evening": Text(zh="晚上", en="in the evening"),
    "bedtime": Text(zh="睡前", en="at bedtime"), "before_breakfast": Text(zh="早饭前", en="before breakfast"),
    "after_breakfast": Text(zh="早饭后", en="after breakfast"), "before_meals": Text(zh="饭前", en="before meals"),
    "with_meals": Text(zh="吃饭时", en="with meals"), "after_meals": Text(zh="饭后", en="after meals"),
    "empty_stomach": Text(zh="空腹", en="on an empty stomach"),
}
WAYS: dict[str, Text] = {
    "sublingual": Text(zh="含在舌下", en="under the tongue"), "inhalation": Text(zh="吸入", en="inhaled"),
    "nasal": Text(zh="喷鼻", en="into the nose"), "topical": Text(zh="涂在皮肤上", en="on the skin"),
    "subcutaneous": Text(zh="皮下注射", en="injected under the skin"),
    "intravenous": Text(zh="静脉注射", en="into a vein"),
    "vaginal": Text(zh="放入阴道", en="into the vagina"), "ocular": Text(zh="滴眼", en="into the eye"),
}
PARTS = {Decimal("0.25"): ("四分之一", "a quarter of a"), Decimal("0.5"): ("半", "half a"),
         Decimal("0.75"): ("四分之三", "three quarters of a")}
UNITS_ZH = {"inhaler": "吸", "nasal_spray": "喷"}


def wording(line: DraftLine, product: Product) -> Text:
    """The whole sentence, as in “每天早饭后 1 片，用 14 天”; raises DoseNotPossible."""
    parts = [_when(line, dose_words(line, product)), _meal(line), WAYS.get(line.route), _course(line)]
    told = [part for part in parts if part]
    english = ", ".join(part.en for part in told)
    return Text(zh="，".join(part.zh for part in told), en=english[:1].upper() + english[1:])


def dose_words(line: DraftLine, product: Product) -> Text:
    """One dose in things that can be counted: half a tablet, 5 ml, 10 units of a pen."""
    if product.form == "pen":
        return line.dose.text()
    units, name = units_of(product, line.dose), UNIT_NAMES[product.unit]
    unit_zh = UNITS_ZH.get(product.form, name.zh)
    if units in PARTS:
        zh, en = PARTS[units]
        vowel = "n" if name.en[0] in "aeiou" and not en.startswith("three") else ""
        return Text(zh=f"{zh}{unit_zh}", en=f"{en}{vowel} {name.en}")
    shown = Amount(value=units, unit=product.unit).text()
    return Text(zh=f"{plain(units)} {unit_zh}", en=shown.en)


def how_much(line: DraftLine, product: Product | None) -> Text:
    """Dose and frequency alone, as ordered, for a check whose answer rests on them."""
    strength = f" × {product.strength}" if product and line.dose.unit == product.unit else ""
    often = OFTEN.get(line.frequency) or Text(zh=f"需要时用，一天最多 {line.max_per_day} 次",
                                              en=f"when needed, at most {counted(line.max_per_day or 0, 'time')} a day")
    dose = line.dose.text()
    return Text(zh=f"每次 {dose.zh}{strength}，{often.zh}", en=f"{dose.en}{strength} each time, {often.en}")


def _when(line: DraftLine, dose: Text) -> Text:
    if line.frequency == "prn":
        return Text(zh=f"需要时用，每次{_gap(dose)}，一天最多 {line.max_per_day} 次",
                    en=f"when needed, {dose.en} each time, at most {counted(line.max_per_day or 0, 'time')} a day")
    daily = DAILY.get(line.timing or "") if line.frequency in ("qd", "qn") else None
    if daily or line.frequency == "qn":
        often = daily or OFTEN["qn"]
        return Text(zh=f"{often.zh}{_gap(dose)}", en=f"{often.en} {dose.en}")
    often = OFTEN[line.frequency]
    return Text(zh=f"{often.zh}，每次{_gap(dose)}", en=f"{often.en}, {dose.en} each time")


def _gap(dose: Text) -> str:
    """A blank before a figure, none before a Chinese part."""
    return f" {dose.zh}" if dose.zh[0].isdigit() else dose.zh


def _meal(line: DraftLine) -> Text | None:
    if line.timing is None or (line.frequency in ("qd", "qn") and line.timing in DAILY):
        return None
    return MEALS[line.timing]


def _course(line: DraftLine) -> Text | None:
    if line.frequency == "st":
        return None
    return Text(zh=f"用 {line.days} 天", en=f"for {line.days} day{'s' if line.days > 1 else ''}")
