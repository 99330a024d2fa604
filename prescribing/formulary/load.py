"""Reads the data files, checks that they hold together, and says clearly where they do not."""
import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from prescribing.formulary.book import PrescribingData, drug_names
from prescribing.formulary.drugs import Drug
from prescribing.formulary.knowledge import (
    AllergyClass,
    Condition,
    ExtraSubstance,
    Group,
    Interaction,
    Source,
)
from prescribing.formulary.names import normal

DATA = Path(__file__).parent.parent / "data"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)


class DataFault(ValueError):
    """The shipped data is wrong; the message names the file, the row and the field."""


@cache
def load() -> PrescribingData:
    """The shipped data, read once in a process."""
    return read(DATA)


def read(folder: Path) -> PrescribingData:
    """Read all files of a folder; raises DataFault."""
    areas = [_file(path) for path in sorted((folder / "formulary").glob("*.yaml"))]
    if not areas:
        raise DataFault(f"{folder}: no formulary files")
    groups, allergies = _file(folder / "groups.yaml"), _file(folder / "allergies.yaml")
    interactions = _file(folder / "interactions.yaml")
    conditions = _file(folder / "conditions.yaml")
    files = [*areas, groups, allergies, interactions, conditions, _file(folder / "sources.yaml")]
    data = PrescribingData(
        edition=_one_edition(files),
        data_version=f"{files[0]['version']}+{_digest(folder)}",
        reviewed_by=", ".join(sorted({file.get("reviewed_by") or "" for file in files} - {""})),
        drugs=_by("id", [row for area in areas for row in _rows(Drug, area, "drugs")]),
        groups=_named(Group, groups, "groups"),
        sources=_named(Source, files[-1], "sources"),
        interactions=tuple(_by("id", _rows(Interaction, interactions, "interactions")).values()),
        allergy_classes=_named(AllergyClass, allergies, "classes"),
        not_medicines=frozenset(normal(word) for word in allergies["not_medicines"]),
        conditions=_by("code", _rows(Condition, conditions, "conditions")),
        extra_substances=tuple(_rows(ExtraSubstance, groups, "extra_substances")),
    )
    faults = list(_faults(data))
    if faults:
        raise DataFault("; ".join(faults))
    return data


def _file(path: Path) -> dict[str, Any]:
    try:
        content = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as wrong:
        raise DataFault(f"{path.name}: cannot be read: {wrong}") from wrong
    if not isinstance(content, dict) or not isinstance(content.get("version"), str):
        raise DataFault(f"{path.name}: has no version header")
    return content | {"_file": path.name}


def _parsed(text: str) -> Any:
    return yaml.load(text, Loader=LOADER)  # noqa: S506 – a safe loader, the C one where it exists


def _rows(model: type[Model], file: dict[str, Any], key: str) -> list[Model]:
    return [_row(model, row, f"{file['_file']} {key}[{n}]") for n, row in enumerate(file.get(key) or [])]


def _named(model: type[Model], file: dict[str, Any], key: str) -> dict[str, Model]:
    return {name: _row(model, row, f"{file['_file']} {key}.{name}") for name, row in file[key].items()}


def _row(model: type[Model], row: Any, where: str) -> Model:
    try:
        return model.model_validate(row)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = row.get("id") or row.get("code") or "" if isinstance(row, dict) else ""
        field = ".".join(str(part) for part in first["loc"])
        raise DataFault(f"{where} {name}: {field}: {first['msg']}") from wrong


def _by(key: str, rows: list[Model]) -> dict[str, Model]:
    twice = [one for one, times in Counter(getattr(row, key) for row in rows).items() if times > 1]
    if twice:
        raise DataFault(f"{key} stands twice: {', '.join(twice)}")
    return {getattr(row, key): row for row in rows}


def _one_edition(files: list[dict[str, Any]]) -> str:
    editions = sorted({file["version"] for file in files})
    if len(editions) != 1:
        raise DataFault(f"the files are of different editions: {', '.join(editions)}")
    return editions[0]


def _digest(folder: Path) -> str:
    """The first 16 hex digits of SHA-256 over names and bytes: the same files give the same hash."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _faults(data: PrescribingData) -> Iterable[str]:
    for drug in data.drugs.values():
        yield from _drug_faults(drug, data)
    yield from _shared(data, "product code", [p.code for d in data.drugs.values() for p in d.products])
    yield from _shared(data, "pack prefix", [p.pack_prefix for d in data.drugs.values() for p in d.products])
    yield from _name_faults(data)
    for entry in data.interactions:
        yield from _interaction_faults(entry, data)
    for name, allergy in data.allergy_classes.items():
        yield from (f"allergy class {name}: cross {cross.other} is unknown" for cross in allergy.cross
                    if cross.other not in data.allergy_classes)
    yield from (f"condition {row.code}: family {row.family}" for row in data.conditions.values()
                if not row.code.startswith(row.family))


def _drug_faults(drug: Drug, data: PrescribingData) -> Iterable[str]:
    unknown = [one for one in (drug.group, *drug.classes) if one not in data.groups]
    unknown += [one for one in drug.allergy_classes if one not in data.allergy_classes]
    unknown += [one for one in drug.sources if one not in data.sources]
    yield from (f"{drug.id}: {one} is unknown" for one in unknown)
    stray = {c.substance for p in drug.products for c in p.components} - set(drug.substances)
    yield from (f"{drug.id}: a product holds {one}, the drug does not" for one in stray)
    if drug.adult_max is None and "dose" not in drug.not_covered:
        yield f"{drug.id}: has no maximum and does not say that its dose is not covered"
    if (drug.renal.status == "tiers") != bool(drug.renal.tiers):
        yield f"{drug.id}: kidney tiers and their status differ"


def _shared(data: PrescribingData, what: str, values: list[str]) -> Iterable[str]:
    return (f"{what} {one} stands twice" for one, times in Counter(values).items() if times > 1)


def _name_faults(data: PrescribingData) -> Iterable[str]:
    """One name for two different sets of substances would make every check guess."""
    owners: dict[str, Drug] = {}
    for drug in data.drugs.values():
        for name in map(normal, drug_names(drug)):
            other = owners.setdefault(name, drug)
            if set(other.substances) != set(drug.substances):
                yield f"the name {name} means {other.id} and {drug.id}"


def _interaction_faults(entry: Interaction, data: PrescribingData) -> Iterable[str]:
    substances = {one for drug in data.drugs.values() for one in drug.substances}
    substances |= {extra.id for extra in data.extra_substances}
    for side in (entry.a, entry.b):
        name = side.removeprefix("class:")
        if side != name and not any(name in {d.group, *d.classes} for d in data.drugs.values()):
            yield f"interaction {entry.id}: class {name} has no member"
        if side == name and side not in substances:
            yield f"interaction {entry.id}: substance {side} is unknown"
    cited = {*entry.sources, *(entry.condition.sources if entry.condition else ())}
    yield from (f"interaction {entry.id}: source {one} is unknown" for one in cited - set(data.sources))
