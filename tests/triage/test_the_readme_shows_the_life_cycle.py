"""The picture in the README is the table in the code."""
from pathlib import Path

import consult.triage
from consult.triage import api
from consult.triage.states import TRIAGE

README = (Path(consult.triage.__file__).parent / "README.md").read_text("utf-8")


def test_the_picture_is_not_stale() -> None:
    assert f"```mermaid\n{TRIAGE.mermaid()}\n```" in README


def test_the_door_offers_what_the_readme_names() -> None:
    for name in ("start_triage", "answer_gate", "ticked", "doctor_summary", "call_backs_due", "suggest", "judged"):
        assert hasattr(api, name) and f"`{name}`" in README
