"""What the drug file says about one medicine; the controlled classes are law and live in the policy."""
from datetime import date
from typing import Literal

from pydantic import Field

from app.kit.text import Text
from prescribing.formulary.amounts import Amount, Frozen, Number, Unit

Level = Literal["contraindicated", "avoid", "precaution", "note"]
Flag = Literal["ok", "caution", "avoid", "contraindicated"]
Route = Literal["oral", "sublingual", "inhalation", "nasal", "topical", "subcutaneous", "intravenous",
                "vaginal", "ocular"]
Frequency = Literal["qd", "bid", "tid", "qid", "qn", "q12h", "q8h", "q6h", "qod", "qw", "st", "prn"]
Form = Literal["tablet", "er_tablet", "ec_tablet", "chew_tablet", "capsule", "er_capsule", "vaginal_capsule",
               "pill", "granule_sachet", "suspension", "syrup", "drops_ml", "inhaler", "nasal_spray",
               "neb_ampoule", "pen", "syringe", "vial", "ampoule", "cream", "gel", "lotion", "eye_drops",
               "flower"]
CheckKind = Literal["allergy", "interaction", "duplicate", "dose", "pregnancy", "age", "renal", "weight"]


class Component(Frozen):
    """How much of a substance is in one unit of a product (a tablet, a millilitre, a puff)."""

    substance: str
    value: Number = Field(gt=0)
    unit: Literal["ug", "mg", "g", "IU"]


class Product(Frozen):
    """A pack that can be bought; `pack_prefix` opens its made-up trace codes."""

    code: str
    name: Text
    form: Form
    unit: Unit
    strength: str
    components: tuple[Component, ...] = Field(min_length=1)
    pack_size: int = Field(gt=0)
    route: Route
    pack_prefix: str = Field(pattern=r"^[0-9]{7}$")
    splittable: bool = False


class AdultMax(Frozen):
    """The most an adult takes at once and in a day, by these routes."""

    single: Amount
    daily: Amount
    routes: tuple[Route, ...] = Field(min_length=1)


class PerKg(Frozen):
    """A child's limit per kilogram of body weight, with a cap that the weight never lifts."""

    single: Amount
    daily: Amount
    cap_single: Amount
    cap_daily: Amount


class Band(Frozen):
    """A child's limit for an age, and where given a weight; the upper ends are not included."""

    from_months: int = Field(ge=0)
    to_months: int = Field(gt=0)
    single: Amount
    daily: Amount
    min_kg: Number | None = None
    max_kg: Number | None = None


class ChildDose(Frozen):
    """What a child may get: by weight, by age, or both."""

    per_kg: PerKg | None = None
    bands: tuple[Band, ...] = ()


class AgeRule(Frozen):
    """What speaks against the medicine below an age."""

    below_months: int = Field(gt=0)
    level: Level
    text: Text


class Flagged(Frozen):
    """How a state of the body (pregnancy, lactation) and the medicine go together."""

    flag: Flag
    note: Text


class RenalTier(Frozen):
    """What holds below an eGFR (ml/min/1.73 m², not included), perhaps with a lower daily maximum."""

    below: int = Field(gt=0)
    level: Level
    text: Text
    daily_max: Amount | None = None


class Renal(Frozen):
    """Kidney advice: tiers, no change needed, or not in our data."""

    status: Literal["tiers", "no_change", "not_in_data"]
    tiers: tuple[RenalTier, ...] = ()


class Storage(Frozen):
    """How to keep the medicine; a cold chain is 2–8 °C."""

    cold_chain: bool
    text: Text


class Usual(Frozen):
    """A usual regimen to read beside the fields; nothing is ever filled in from it."""

    text: Text
    dose: Amount
    frequency: Frequency


class Synonyms(Frozen):
    """Other names, brands among them."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Drug(Frozen):
    """One medicine of the formulary; a combination is a medicine of its own with several substances."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    inn: str = Field(min_length=1)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    synonyms: Synonyms
    pinyin: str = Field(min_length=1)
    initials: str = Field(min_length=1)
    synonym_pinyin: dict[str, str] = {}
    substances: tuple[str, ...] = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    group: str
    classes: tuple[str, ...] = ()
    products: tuple[Product, ...] = Field(min_length=1)
    adult_max: AdultMax | None = None
    child: ChildDose | None = None
    min_age_months: int | None = None
    age_rules: tuple[AgeRule, ...] = ()
    pregnancy: Flagged
    lactation: Flagged
    renal: Renal
    allergy_classes: tuple[str, ...] = ()
    storage: Storage
    rx_class: Literal["rx", "otc"]
    usual: tuple[Usual, ...] = ()
    purpose: Text
    warnings: tuple[Text, ...] = Field(min_length=1)
    only_frequencies: tuple[Frequency, ...] = ()
    not_covered: tuple[CheckKind, ...] = ()
    sources: tuple[str, ...] = Field(min_length=1)
    reviewed_by: str = ""
    reviewed_on: date | None = None

    @property
    def name(self) -> Text:
        """The generic name in both languages."""
        return Text(zh=self.zh, en=self.en)

    def product(self, code: str) -> Product | None:
        """The product with this code, if it is one of this medicine."""
        return next((product for product in self.products if product.code == code), None)
