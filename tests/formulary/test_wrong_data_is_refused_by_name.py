"""The loader: a wrong file, row or reference is named and nothing is loaded."""
import functools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from prescribing.formulary import load as loading
from prescribing.formulary.load import DATA as FOLDER
from prescribing.formulary.load import DataFault, read

parse_once = functools.lru_cache(maxsize=64)(loading._parsed)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data that a test may spoil; files that it leaves alone are parsed once for all tests."""
    monkeypatch.setattr(loading, "_parsed", parse_once)
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def spoil(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=loading.LOADER)
    change(content)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def drug_of(content: dict[str, Any], drug_id: str) -> dict[str, Any]:
    return next(row for row in content["drugs"] if row["id"] == drug_id)


def metabolic(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    spoil(folder / "formulary" / "metabolic.yaml", lambda content: change(drug_of(content, "metformin")))


DRUG_SPOILERS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no Chinese name": (lambda row: row.update(zh=""), "zh"),
    "a unit that is not known": (lambda row: row["adult_max"]["single"].update(unit="spoon"), "unit"),
    "a maximum without a unit": (lambda row: row["adult_max"]["daily"].pop("unit"), "unit"),
    "a negative amount": (lambda row: row["adult_max"]["daily"].update(value=-5), "amount"),
    "a field that is not known": (lambda row: row.update(controlled=True), "controlled"),
    "an unknown group": (lambda row: row.update(group="wonder"), "wonder is unknown"),
    "an unknown allergy class": (lambda row: row.update(allergy_classes=["moon"]), "moon is unknown"),
    "an unknown source": (lambda row: row.update(sources=["hearsay"]), "hearsay is unknown"),
    "a foreign substance in a product": (
        lambda row: row["products"][0]["components"][0].update(substance="sugar"), "sugar"),
    "no maximum and no word about it": (lambda row: row.pop("adult_max"), "no maximum"),
    "tiers that its status denies": (lambda row: row["renal"].update(status="no_change"), "kidney tiers"),
    "a name of another drug": (lambda row: row["aliases"].append("acarbose")
                               if "aliases" in row else row.update(aliases=["acarbose"]), "acarbose means"),
}


@pytest.mark.parametrize("what", DRUG_SPOILERS)
def test_a_wrong_drug_is_named(folder: Path, what: str):
    change, told = DRUG_SPOILERS[what]
    metabolic(folder, change)
    with pytest.raises(DataFault, match=told) as refused:
        read(folder)
    assert "metformin" in str(refused.value)


def interaction(folder: Path, **change: object) -> None:
    spoil(folder / "interactions.yaml", lambda content: content["interactions"].append(
        {"id": "new", "a": "warfarin", "b": "metformin", "level": "note", "mechanism": "x", "sources": ["label"],
         "effect": {"zh": "一", "en": "one"}, "action": {"zh": "二", "en": "two"}} | change))


RAISE = {"fact": "x", "ask": {"zh": "问", "en": "ask"}, "sources": ["label", "bnf"]}


@pytest.mark.parametrize(("change", "told"), [
    ({"level": "contraindicated"}, "two sources"),
    ({"level": "contraindicated", "sources": ["label", "label"]}, "two sources"),
    ({"a": "unobtainium"}, "unobtainium"),
    ({"b": "class:dragons"}, "dragons has no member"),
    ({"sources": ["hearsay"]}, "hearsay"),
    ({"id": "warfarin+acetylsalicylic_acid"}, "stands twice"),
    ({"level": "deadly"}, "level"),
    ({"level": "avoid", "condition": RAISE | {"raises_to": "note"}}, "only raise"),
    ({"level": "note", "condition": RAISE | {"raises_to": "contraindicated"}}, "at least avoid"),
    ({"level": "avoid", "condition": RAISE | {"raises_to": "contraindicated", "sources": ["bnf"]}}, "two sources"),
])
def test_a_wrong_interaction_is_named(folder: Path, change: dict[str, Any], told: str):
    interaction(folder, **change)
    with pytest.raises(DataFault, match=told):
        read(folder)


def test_a_sound_new_interaction_is_taken_and_changes_the_version(folder: Path):
    before = read(folder)
    interaction(folder)
    after = read(folder)
    assert len(after.interactions) == len(before.interactions) + 1
    assert after.data_version != before.data_version


def test_a_file_that_is_no_yaml_is_named(folder: Path):
    (folder / "groups.yaml").write_text("groups: [", encoding="utf-8")
    with pytest.raises(DataFault, match=r"groups\.yaml: cannot be read"):
        read(folder)


def test_a_file_of_another_edition_is_refused(folder: Path):
    spoil(folder / "conditions.yaml", lambda content: content.update(version="1999.1.0"))
    with pytest.raises(DataFault, match="different editions"):
        read(folder)


def test_a_file_without_a_header_is_refused(folder: Path):
    spoil(folder / "sources.yaml", lambda content: content.pop("version"))
    with pytest.raises(DataFault, match="no version header"):
        read(folder)


def test_a_missing_file_is_named(folder: Path):
    (folder / "allergies.yaml").unlink()
    with pytest.raises(DataFault, match=r"allergies\.yaml"):
        read(folder)


def test_a_folder_without_drugs_is_refused(tmp_path: Path):
    with pytest.raises(DataFault, match="no formulary files"):
        read(tmp_path)


def test_yaml_cannot_make_objects(folder: Path):
    text = (folder / "groups.yaml").read_text(encoding="utf-8")
    (folder / "groups.yaml").write_text(text + "\nevil: !!python/object/apply:os.system ['true']\n", encoding="utf-8")
    with pytest.raises(DataFault, match="cannot be read"):
        read(folder)


def test_a_condition_in_a_wrong_family_is_refused(folder: Path):
    spoil(folder / "conditions.yaml", lambda content: content["conditions"][0].update(family="Z99"))
    with pytest.raises(DataFault, match="family Z99"):
        read(folder)
