"""All prescribing data in one frozen value with its lookups; whoever checks holds exactly one of it."""
from dataclasses import dataclass, field
from functools import cached_property

from app.kit.text import Text
from prescribing.formulary.drugs import Drug, Product
from prescribing.formulary.knowledge import (
    AllergyClass,
    Condition,
    ExtraSubstance,
    Group,
    Interaction,
    Source,
)
from prescribing.formulary.names import candidates, normal
from prescribing.formulary.problems import UnknownDrug, UnknownProduct


@dataclass(frozen=True)
class Resolved:
    """A name that was recognised: its substances, and the medicines of the file that are called so."""

    name: str
    substances: tuple[str, ...]
    drug_ids: tuple[str, ...]


@dataclass(frozen=True)
class PrescribingData:
    """The data of one edition; `data_version` is the edition and the hash of all its files."""

    edition: str
    data_version: str
    reviewed_by: str
    drugs: dict[str, Drug]
    groups: dict[str, Group]
    sources: dict[str, Source]
    interactions: tuple[Interaction, ...]
    allergy_classes: dict[str, AllergyClass]
    not_medicines: frozenset[str]
    conditions: dict[str, Condition]
    extra_substances: tuple[ExtraSubstance, ...] = field(default=())

    def drug(self, drug_id: str) -> Drug:
        """The medicine with this id; raises UnknownDrug."""
        found = self.drugs.get(drug_id)
        if found is None:
            raise UnknownDrug(drug_id=drug_id)
        return found

    def product(self, drug_id: str, code: str) -> Product:
        """A product of a medicine; raises UnknownDrug or UnknownProduct."""
        found = self.drug(drug_id).product(code)
        if found is None:
            raise UnknownProduct(drug_id=drug_id, product_code=code)
        return found

    def resolve_substance(self, name: str) -> Resolved | None:
        """What a name stands for, brand, salt or alias; None when it is not recognised (not checked then)."""
        for candidate in candidates(name):
            if candidate in self._names:
                return self._names[candidate]
        return None

    def classes_of(self, substances: tuple[str, ...], drug_id: str | None = None) -> frozenset[str]:
        """Groups and classes of a medicine: its own and those of each substance taken alone."""
        own = self.drugs.get(drug_id) if drug_id else None
        found = {own.group, *own.classes} if own else set()
        return frozenset(found.union(*(self._substance_classes.get(one, frozenset()) for one in substances)))

    def allergy_classes_of(self, substances: tuple[str, ...], drug_id: str | None = None) -> frozenset[str]:
        """Allergy classes of a medicine: its own and those of each substance taken alone."""
        own = self.drugs.get(drug_id) if drug_id else None
        found = set(own.allergy_classes) if own else set()
        return frozenset(found.union(*(self._substance_allergies.get(one, ()) for one in substances)))

    def source_text(self, ids: tuple[str, ...]) -> Text:
        """The sources by name, with the edition of the data, as shown under a finding."""
        zh = "；".join(self.sources[one].zh for one in ids)
        en = "; ".join(self.sources[one].en for one in ids)
        return Text(zh=f"{zh}（处方集 {self.edition}）", en=f"{en} (formulary {self.edition})")

    def single_drugs(self, substance: str) -> tuple[Drug, ...]:
        """The medicines that hold this substance alone."""
        return tuple(drug for drug in self.drugs.values() if drug.substances == (substance,))

    @cached_property
    def _names(self) -> dict[str, Resolved]:
        names: dict[str, Resolved] = {}
        for drug in self.drugs.values():
            for name in drug_names(drug):
                known = names.get(normal(name))
                ids = (*known.drug_ids, drug.id) if known else (drug.id,)
                names[normal(name)] = Resolved(name, drug.substances, tuple(dict.fromkeys(ids)))
        for extra in self.extra_substances:
            for name in (extra.id, extra.zh, *extra.words):
                names[normal(name)] = Resolved(name, (extra.id,), ())
        return names

    @cached_property
    def _substance_classes(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for drug in self._single():
            one = drug.substances[0]
            found[one] = found.get(one, frozenset()) | {drug.group, *drug.classes}
        return found

    @cached_property
    def _substance_allergies(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for drug in self._single():
            one = drug.substances[0]
            found[one] = found.get(one, frozenset()) | set(drug.allergy_classes)
        return found

    def _single(self) -> list[Drug]:
        return [drug for drug in self.drugs.values() if len(drug.substances) == 1]


def drug_names(drug: Drug) -> list[str]:
    """Every name a medicine answers to."""
    products = [name for product in drug.products for name in (product.name.zh, product.name.en)]
    alone = [drug.substances[0]] if len(drug.substances) == 1 else []
    return [drug.zh, drug.en, drug.inn, *drug.synonyms.zh, *drug.synonyms.en, *drug.aliases, *products, *alone]
