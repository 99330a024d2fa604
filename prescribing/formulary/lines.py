"""One line of a draft prescription, and how often and how much it means."""
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from pydantic import Field, model_validator

from app.kit.text import Text
from prescribing.formulary.amounts import UNIT_NAMES, Amount, Frozen, plain, same_dimension, scale
from prescribing.formulary.drugs import Frequency, Product, Route
from prescribing.formulary.problems import DoseNotPossible

Timing = Literal["morning", "evening", "bedtime", "before_breakfast", "after_breakfast", "before_meals",
                 "with_meals", "after_meals", "empty_stomach"]
PER_DAY: dict[str, int] = {"qd": 1, "bid": 2, "tid": 3, "qid": 4, "qn": 1, "q12h": 2, "q8h": 3, "q6h": 4,
                           "qod": 1, "qw": 1, "st": 1}
EVERY_DAYS: dict[str, int] = {"qod": 2, "qw": 7}
# The smallest part of a unit that can be measured out; 0 means any part.
STEP: dict[str, Decimal] = {"ml": Decimal(0), "g": Decimal(0), "sachet": Decimal("0.5"),
                            "ampoule": Decimal("0.5"), "vial": Decimal("0.5"), "syringe": Decimal("0.5")}
CONTAINERS = {"suspension": ("瓶", "bottle"), "syrup": ("瓶", "bottle"), "drops_ml": ("瓶", "bottle"),
              "lotion": ("瓶", "bottle"), "eye_drops": ("支", "bottle"), "inhaler": ("支", "inhaler"),
              "nasal_spray": ("瓶", "spray"), "pen": ("支", "pen"), "cream": ("支", "tube"),
              "gel": ("支", "tube")}


class DraftLine(Frozen):
    """A medicine, a product, a dose, how often, how long; `quantity` is in packs where the doctor chose."""

    drug_id: str
    product_code: str
    dose: Amount
    route: Route
    frequency: Frequency
    max_per_day: int | None = Field(None, ge=1, le=24)
    timing: Timing | None = None
    days: int = Field(ge=1, le=366)
    quantity: int | None = Field(None, ge=1, le=999)

    @model_validator(mode="after")
    def _sound(self) -> "DraftLine":
        if self.dose.value <= 0:
            raise ValueError("the dose must be above zero")
        if (self.frequency == "prn") != (self.max_per_day is not None):
            raise ValueError("max_per_day belongs to prn, and prn needs it")
        return self

    @property
    def doses_a_day(self) -> int:
        """The most doses that fall on one day."""
        return self.max_per_day or PER_DAY[self.frequency]

    @property
    def doses_in_all(self) -> int:
        """Doses over all days; with prn the most that may be needed."""
        if self.frequency == "st":
            return 1
        every = EVERY_DAYS.get(self.frequency)
        return -(-self.days // every) if every else self.doses_a_day * self.days


class Quantity(Frozen):
    """What has to be handed over: units that are needed and whole packs that hold them."""

    units: Decimal
    unit: Text
    packs: int
    pack_size: int
    container: Text
    text: Text


def units_of(product: Product, dose: Amount) -> Decimal:
    """How many units of the product a dose is; raises DoseNotPossible when the units do not meet."""
    if dose.unit == product.unit:
        return dose.value
    first = product.components[0]
    if len(product.components) == 1 and same_dimension(dose.unit, first.unit):
        return scale(dose.value, dose.unit, first.unit) / first.value
    unit = UNIT_NAMES[dose.unit]
    raise DoseNotPossible(Text(zh=f"{product.name.zh}不能按“{unit.zh}”开",
                               en=f"{product.name.en} cannot be ordered in {unit.en}"), field="dose.unit")


def dose_in(product: Product, dose: Amount, unit: str) -> Decimal:
    """A dose in another unit by way of the product; raises DoseNotPossible."""
    if same_dimension(dose.unit, unit) and not (dose.unit == product.unit == "g" != unit):
        return scale(dose.value, dose.unit, unit)
    units = units_of(product, dose)
    if unit == product.unit:
        return units
    if len(product.components) == 1 and same_dimension(product.components[0].unit, unit):
        return scale(units * product.components[0].value, product.components[0].unit, unit)
    raise DoseNotPossible(Text(zh=f"{product.name.zh}的剂量不能换算成 {unit}",
                               en=f"the dose of {product.name.en} cannot be given in {unit}"), field="dose.unit")


def measured_units(product: Product, dose: Amount) -> Decimal:
    """Units of one dose, refused when nobody can measure them (a third of a tablet, half a capsule)."""
    units = units_of(product, dose)
    step = Decimal("0.25") if product.splittable else STEP.get(product.unit, Decimal(1))
    if units <= 0 or (step and units % step):
        unit = UNIT_NAMES[product.unit]
        raise DoseNotPossible(
            Text(zh=f"每次要 {plain(round(units, 2))} {unit.zh}，这个规格分不出来，请换规格或剂量",
                 en=f"Each dose would be {plain(round(units, 2))} {unit.en}; choose another product or dose"),
            field="dose.value")
    return units


def quantity_needed(line: DraftLine, product: Product) -> Quantity:
    """Units for the whole course and the packs that hold them; raises DoseNotPossible."""
    each = measured_units(product, line.dose)
    whole = each if product.unit in ("ml", "g") else each.to_integral_value(ROUND_CEILING)
    # A half sachet or ampoule is thrown away; a half tablet is kept for the next dose.
    units = (each if product.splittable else whole) * line.doses_in_all
    if product.unit not in ("ml", "g"):
        units = units.to_integral_value(ROUND_CEILING)
    packs = max(1, int((units / product.pack_size).to_integral_value(ROUND_CEILING)))
    zh, en = CONTAINERS.get(product.form, ("盒", "pack"))
    container, unit = Text(zh=zh, en=en), UNIT_NAMES[product.unit]
    text = Text(zh=f"{plain(units)} {unit.zh} = {packs} {zh}",
                en=f"{Amount(value=units, unit=product.unit).text().en} = {packs} {en}{'s' if packs > 1 else ''}")
    return Quantity(units=units, unit=unit, packs=packs, pack_size=product.pack_size, container=container, text=text)
