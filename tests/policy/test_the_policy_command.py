"""`fuzhen policy`: what an officer runs at the command line, with its words, its JSON and its exit status."""
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.policy.casefile import COLUMNS, load_cases
from app.policy.loading import load_pack
from app.policy.reading import PACKS
from app.policy.remedies import remedies
from tests.policy.asking import TODAY, all_cases, in_order, pack

CASES = PACKS / "cases.csv"
STRICT = """
id: example-hospital
version: "1"
jurisdiction: CN-TJ
layer: institution
timezone: Asia/Shanghai
rules:
- id: EX-H-01
  stage: [prescribe]
  effect: block
  valid_from: 2026-01-01
  when: {fact: rx.days, op: gt, value: 5}
  cite: [{instrument: House rule, article: "1", confidence: text}]
  message: {en: "Five days at most in this house.", zh: "本院每次最多五天。"}
"""


def run(*words: str) -> tuple[int, str]:
    """Exit status and everything that was printed."""
    result = CliRunner().invoke(app, ["policy", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def case_with(folder: Path, **changes: str) -> Path:
    """A case file with one case in good order, in which some columns are changed."""
    with CASES.open(encoding="utf-8", newline="") as lines:
        row = next(csv.DictReader(lines))
    path = folder / "cases.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerow(row | changes)
    return path


def test_the_cases_that_came_with_the_catalogue_all_pass():
    assert run("test", str(CASES)) == (0, "86 cases, 86 passed, 0 failed\n")


@pytest.mark.parametrize(("changes", "said"), [
    ({"expected_decision": "block"}, "decision: expected block, got allow"),
    ({"expected_rule_ids": "CN-RX-01"}, "rules: expected CN-RX-01, got none"),
    ({"expected_exception_id": "CN-EXC-X"}, "exception: expected CN-EXC-X, got none"),
])
def test_a_case_that_fails_is_one_line_with_what_differs(tmp_path: Path, changes: dict[str, str], said: str):
    status, text = run("test", str(case_with(tmp_path, **changes)))
    assert status == 1 and text.splitlines()[-1] == "1 cases, 0 passed, 1 failed"
    assert len(text.splitlines()) == 2 and text.startswith("FAILED CN-001") and said in text


def test_a_drug_is_resolved_to_its_classes_of_the_day(tmp_path: Path):
    facts = in_order("CN-001")
    del facts["rx.drug_classes"]
    told = {day: run("test", str(case_with(tmp_path, drug_code="dextromethorphan_oral_single", as_of_date=day,
                                           facts_json=json.dumps(facts))))[0] for day in ("2024-06-30", "2024-07-01")}
    assert told == {"2024-06-30": 0, "2024-07-01": 1}       # from July on it is a psychotropic drug


def test_a_drug_that_the_table_does_not_know_stays_unknown_and_blocks(tmp_path: Path):
    facts = in_order("CN-001")
    del facts["rx.drug_classes"]
    path = case_with(tmp_path, drug_code="nobody_knows", facts_json=json.dumps(facts))
    status, text = run("test", str(path), "--json")
    assert status == 1 and json.loads(text)["failures"][0]["missing"] == ["rx.drug_classes"]


def broken(kind: str, folder: Path) -> Path:
    """A file that is no case file, in one of many ways."""
    path = folder / "bad.csv"
    header = ",".join(COLUMNS) + "\n"
    contents: dict[str, bytes] = {
        "empty": b"", "no column": b"case_id,policy\nA,cn-mainland\n", "no row": header.encode(),
        "not text": b"\xff\xfe\x00" * 9, "short row": f"{header}A,B\n".encode(),
        "open quote": f'{header}A,"b\n'.encode(), "huge field": header.encode() + b"A," + b"x" * 300_000}
    if kind in contents:
        path.write_bytes(contents[kind])
        return path
    changes = {"date": {"as_of_date": "2026-02-30"}, "facts": {"facts_json": "{"}, "list": {"facts_json": "[]"},
               "twice": {"facts_json": '{"rx.days": 1, "rx.days": 2}'}, "deep": {"facts_json": "[" * 100_000},
               "verdict": {"expected_decision": "maybe"}, "nameless": {"case_id": " "}, "policy": {"policy": "xx"},
               "path": {"policy": "../../etc/passwd"}, "nul": {"policy": "a\x00b"}, "long": {"policy": "a" * 5000},
               "week": {"as_of_date": "2026-W47-6"}, "bare": {"as_of_date": "20261121"}}
    return case_with(folder, **changes[kind])


@pytest.mark.parametrize("kind", ["empty", "no column", "no row", "not text", "short row", "open quote", "huge field",
                                  "date", "facts", "list", "twice", "deep", "verdict", "nameless", "policy", "path",
                                  "nul", "long", "week", "bare"])
def test_a_file_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path, kind: str):
    status, text = run("test", str(broken(kind, tmp_path)))
    assert status == 2 and len(text.strip().splitlines()) == 1 and "Traceback" not in text


def test_a_case_id_that_stands_twice_is_refused(tmp_path: Path):
    path = case_with(tmp_path)
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8").splitlines()[1] + "\n", "utf-8")
    assert "a case id stands twice" in run("test", str(path))[1]


def test_a_column_that_stands_twice_is_refused(tmp_path: Path):
    path = case_with(tmp_path)
    path.write_text(path.read_text("utf-8").replace(",note", ",stage", 1), "utf-8")
    status, text = run("test", str(path))
    assert status == 2 and "columns stand twice: stage" in text


@pytest.mark.parametrize(("changes", "why"), [
    ({"stage": "prescibe"}, "there is no step prescibe"),
    ({"facts_json": '{"rx.dayz": 7}'}, "rx.dayz not in the registry"),
    ({"facts_json": '{"rx.days": NaN}'}, "rx.days not a whole number"),
    ({"facts_json": '{"rx.\\ud800": 7}'}, "rx.\\ud800 not in the registry"),
])
def test_a_case_that_fails_by_a_typo_names_the_typo(tmp_path: Path, changes: dict[str, str], why: str):
    path = case_with(tmp_path, **changes)
    status, text = run("test", str(path))
    assert status == 1 and f"({why})" in text.splitlines()[0]
    assert json.loads(run("test", str(path), "--json")[1])["failures"][0]["why"] == why


@pytest.mark.parametrize("command", [("test", "CASES"), ("explain", "--stage", "prescribe")])
def test_a_policy_file_that_nothing_was_decided_by_is_no_proof(tmp_path: Path, command: tuple[str, ...]):
    layer = tmp_path / "house.yaml"
    layer.write_text(STRICT.replace("CN-TJ", "XX-TJ"), "utf-8")
    words = [str(case_with(tmp_path)) if word == "CASES" else word for word in command]
    status, text = run(*words, "--pack", str(layer))
    assert status == 2 and "example-hospital: nothing was decided by it" in text and "XX-TJ" in text


def test_a_missing_file_is_named():
    assert run("test", "nowhere.csv")[0] == 2


def test_a_lower_layer_from_a_file_joins_and_tightens(tmp_path: Path):
    layer = tmp_path / "house.yaml"
    layer.write_text(STRICT, "utf-8")
    status, text = run("test", str(case_with(tmp_path)), "--pack", str(layer))
    assert status == 1 and "expected none, got EX-H-01" in text


def test_every_shipped_policy_is_without_fault():
    status, text = run("lint", "--json")
    told = json.loads(text)
    assert status == 0 and len(told) == 8 and all("fault" not in one for one in told)
    assert {one["id"]: one["sha256"] for one in told}["cn-mainland"] == load_pack("cn-mainland").sha256


@pytest.mark.parametrize("spoil", [("rx.days", "rx.day"), ("op: gt", "op: present, x: 1"), ("article: \"1\"", "art: 1"),
                                   ("2026-01-01", "2026-13-01"), ("value: 5", "value: five"),
                                   ("value: 5", "value: 1:30"), ("value: 5", "value: 1:30.5"),
                                   ("value: 5", "value: 010")])
def test_lint_names_file_and_rule_of_a_fault(tmp_path: Path, spoil: tuple[str, str]):
    path = tmp_path / "house.yaml"
    path.write_text(STRICT.replace(*spoil), "utf-8")
    status, text = run("lint", str(path))
    assert status == 1 and text.startswith("FAULT house.yaml") and "Traceback" not in text
    assert json.loads(run("lint", str(path), "--json")[1])[0]["fault"]


def test_a_key_with_a_typo_is_named_rather_than_the_one_that_is_then_missing(tmp_path: Path):
    path = tmp_path / "house.yaml"
    path.write_text(STRICT.replace("effect:", "efect:"), "utf-8")
    assert run("lint", str(path)) == (1, "FAULT house.yaml · EX-H-01 · efect: there is no such key\n")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: &a [*a]", b"[" * 5000, b"x: " + b"y" * 600_000, b""])
def test_lint_refuses_what_is_no_policy_file_at_all(tmp_path: Path, content: bytes):
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    status, text = run("lint", str(path))
    assert status == 1 and text.startswith("FAULT bad.yaml")


def explained(**facts: Any) -> dict[str, Any]:
    """The explanation of a prescription of today as JSON."""
    given = json.dumps(in_order("CN-001") | facts)
    status, text = run("explain", "--stage", "prescribe", "--date", str(TODAY), "--facts", given, "--json")
    assert status == 0
    return dict(json.loads(text))


def test_explain_says_why_and_what_would_change_it():
    told = explained(**{"prior.same_condition": False})
    assert told["verdict"] == "block" and "CN-VISIT-01" in [one["rule"] for one in told["fired"]]
    assert {"rule": "CN-VISIT-01", "facts": {"prior.same_condition": True}} in told["would_change"]
    assert told["summary"]["zh"] and told["summary"]["en"] and told["fired"][0]["cite"]


def test_explain_of_an_allowed_step_has_nothing_to_change():
    assert explained()["would_change"] == []


@pytest.mark.parametrize("words", [("--facts", "{"), ("--facts", "[]"), ("--facts", "@nowhere"), ("--date", "soon"),
                                   ("--decision", "x"), ("--policy", "nowhere"),
                                   ("--facts", '{"rx.days": 7, "rx.days": 8}'), ("--facts", "[" * 100_000),
                                   ("--facts", '{"rx.dayz": 7}'), ("--facts", '{"rx.days": "7"}'),
                                   ("--facts", '{"rx.\\ud800": 7}'), ("--policy", "a" * 5000), ("--date", "20261121"),
                                   ("--stage", "prescibe"), ("--stage", "")])
def test_explain_refuses_what_it_cannot_read(words: tuple[str, str]):
    status, text = run("explain", "--stage", "prescribe", *words)
    assert status == 2 and len(text.strip().splitlines()) == 1 and "Traceback" not in text


def test_explain_says_of_a_file_that_is_no_text_what_is_wrong(tmp_path: Path):
    file = tmp_path / "facts.json"
    file.write_bytes(b"\xff\xfe{}")
    status, text = run("explain", "--stage", "prescribe", "--facts", f"@{file}")
    assert status == 2 and "facts are not a JSON object" in text and "Traceback" not in text


@pytest.mark.parametrize("name", [path.stem for path in PACKS.glob("*.yaml") if path.stem != "facts"])
def test_a_remedy_really_frees_the_rule_it_names(name: str):
    seen = 0
    for case in all_cases(name):
        before = case_rules(name, case, case.facts)
        for one in remedies(pack(name), case.stage, case.as_of, case.facts):
            seen += 1
            assert one.rule in before and one.rule not in case_rules(name, case, case.facts | one.facts)
    assert seen


def case_rules(name: str, case: Any, facts: dict[str, Any]) -> set[str]:
    """The rules that hold a step."""
    from app.policy.engine import decide
    return {entry.rule for entry in decide(pack(name), case.stage, case.as_of, facts).holding}


def test_only_a_rule_that_held_every_case_of_its_years_has_no_remedy():
    held = [case for case in all_cases("cn-mainland") if case.verdict in ("block", "require") and case.rules]
    silent = {case.rules for case in held if not remedies(pack(case.policy), case.stage, case.as_of, case.facts)}
    assert silent == {("CN-ADVICE-2015",)}


def test_the_cases_load_as_the_tests_read_them():
    assert [case.id for case in load_cases(CASES)][:2] == ["CN-001", "CN-002"]
