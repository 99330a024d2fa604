"""One answer is no answer to two questions: whoever breastfeeds may be pregnant, until asked for both."""
from types import SimpleNamespace

import pytest

from prescribing import api as prescribing
from records import api as records


@pytest.mark.invariant(6)
@pytest.mark.parametrize(("told", "pregnant", "feeds"), [
    ("no", "no", False), ("breastfeeding", None, True), ("breastfeeding_only", "no", True), ("pregnant", "yes", None),
    ("unknown", None, None)])
def test_what_was_not_said_is_unknown(scene, told, pregnant, feeds):
    with scene.by("ma") as work:
        records.save_pregnancy(work, scene.patients["ma"], told)
    with scene.sees("house") as work:
        facts, _ = prescribing.patient_facts(work, SimpleNamespace(patient_id=scene.patients["ma"]))
    assert (facts.pregnancy, facts.lactating) == (pregnant, feeds)
    assert facts.may_be_pregnant is (pregnant != "no")
