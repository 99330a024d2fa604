"""Amounts with their unit; an unknown unit is refused and never guessed."""
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from app.kit.text import Text

Unit = Literal["ug", "mg", "g", "IU", "ml", "tablet", "capsule", "pill", "sachet", "puff", "drop",
               "ampoule", "vial", "syringe"]
# Beyond these a number is a slip or an attack: 1E+999999 would fill the memory when written out.
MOST, FINEST = Decimal(100_000_000), -30
MICROGRAMS = {"ug": Decimal(1), "mg": Decimal(1000), "g": Decimal(1_000_000)}
UNIT_NAMES: dict[str, Text] = {
    "ug": Text(zh="µg", en="µg"), "mg": Text(zh="mg", en="mg"), "g": Text(zh="g", en="g"),
    "IU": Text(zh="单位", en="units"), "ml": Text(zh="ml", en="ml"), "tablet": Text(zh="片", en="tablet"),
    "capsule": Text(zh="粒", en="capsule"), "pill": Text(zh="丸", en="pill"),
    "sachet": Text(zh="袋", en="sachet"), "puff": Text(zh="喷", en="puff"), "drop": Text(zh="滴", en="drop"),
    "ampoule": Text(zh="支", en="ampoule"), "vial": Text(zh="瓶", en="vial"),
    "syringe": Text(zh="支", en="syringe"),
}


def _exact(value: Any) -> Decimal:
    """Read a number as it is written: a float of YAML or JSON must not bring its binary tail along."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as wrong:
        raise ValueError(f"{value!r} is not a number") from wrong
    finest = number.as_tuple().exponent
    if isinstance(value, bool) or not isinstance(finest, int) or not 0 <= number <= MOST or finest < FINEST:
        raise ValueError(f"{value!r} is not an amount")
    return number


Number = Annotated[Decimal, BeforeValidator(_exact)]


class Frozen(BaseModel):
    """A value that does not change and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(Frozen):
    """A number above or equal to zero with a unit of the list; JSON carries the number as a string."""

    value: Number
    unit: Unit

    def text(self) -> Text:
        """The amount as people read it, plural in English where the unit is a thing."""
        name, shown = UNIT_NAMES[self.unit], plain(self.value)
        plural = "s" if self.value > 1 and len(name.en) > 3 and not name.en.endswith("s") else ""
        return Text(zh=f"{shown} {name.zh}", en=f"{shown} {name.en}{plural}")


def plain(value: Decimal) -> str:
    """Write a number without exponent and without empty decimals."""
    return format(value.normalize(), "f")


def same_dimension(one: str, other: str) -> bool:
    """Tell whether one unit can be turned into the other without knowing the product."""
    return one == other or (one in MICROGRAMS and other in MICROGRAMS)


def scale(value: Decimal, unit: str, into: str) -> Decimal:
    """Turn a number of `unit` into `into`; both must be of the same dimension."""
    return value if unit == into else value * MICROGRAMS[unit] / MICROGRAMS[into]


def joined(texts: list[Text], zh: str = "；", en: str = "; ") -> Text:
    """Put sentences together in both languages."""
    return Text(zh=zh.join(text.zh for text in texts), en=en.join(text.en for text in texts))
