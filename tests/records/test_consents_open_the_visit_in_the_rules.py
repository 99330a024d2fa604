"""The patient facts against the shipped rules: what the forms say decides whether a doctor may take the patient."""
import pytest

from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.policy import api as policy
from app.work import House
from records import api as records
from tests.records.cast import Cast

CONSENT_RULES = {"CN-PAT-02", "CN-PAT-03", "CN-PAT-04"}


def open_rules(house: House, cast: Cast, patient: str, visit_id=None) -> set[str]:
    """Which consent rules still stop the start of a consultation."""
    with house.read(cast.lin) as work:
        sheet = policy.fact_sheet(work)
        records.patient_facts(work, cast.patients[patient], visit_id, sheet)
        sheet.put("visit.mode", "text")
        told = policy.decide(sheet.policy_set, "consult_start", sheet.policy_set.date_of(work.now), sheet.values())
    return {rule.rule for rule in told.fired if rule.why != "satisfied"} & CONSENT_RULES


def give(house: House, cast: Cast, who: str, patient: str, *forms: str) -> None:
    with house.write(cast.people[who]) as work:
        for form in forms:
            records.give_consent(work, cast.patients[patient], form)


@pytest.mark.invariant(1)
def test_without_any_consent_the_rules_ask_for_them(house: House, cast: Cast) -> None:
    assert open_rules(house, cast, "wang") == {"CN-PAT-02", "CN-PAT-04"}
    assert open_rules(house, cast, "xiaoyu") == {"CN-PAT-03", "CN-PAT-04"}


def test_a_grown_up_needs_the_own_two_consents(house: House, cast: Cast) -> None:
    give(house, cast, "wang", "wang", "sensitive_data")
    assert open_rules(house, cast, "wang") == {"CN-PAT-04"}
    give(house, cast, "wang", "wang", "informed_consent")
    assert open_rules(house, cast, "wang") == set()


def test_a_child_needs_the_guardians(house: House, cast: Cast) -> None:
    give(house, cast, "ma", "xiaoyu", "sensitive_data", "informed_consent")
    assert open_rules(house, cast, "xiaoyu") == {"CN-PAT-03"}
    give(house, cast, "ma", "xiaoyu", "guardian_privacy")
    assert open_rules(house, cast, "xiaoyu") == set()


@pytest.mark.invariant(1)
def test_a_withdrawn_consent_stops_the_next_visit(house: House, cast: Cast) -> None:
    give(house, cast, "wang", "wang", "sensitive_data", "informed_consent")
    with house.write(cast.wang) as work:
        records.withdraw_consent(work, cast.patients["wang"], "sensitive_data")
    assert open_rules(house, cast, "wang") == {"CN-PAT-02"}


@pytest.mark.invariant(1)
def test_the_informed_consent_of_another_visit_does_not_count(house: House, cast: Cast, clock: FrozenClock) -> None:
    give(house, cast, "wang", "wang", "sensitive_data", "informed_consent")
    visit = uuid7()
    with house.write(cast.wang) as work:
        records.bind_consent(work, cast.patients["wang"], visit)
    clock.forward(hours=1)
    assert open_rules(house, cast, "wang", visit) == set()
    assert open_rules(house, cast, "wang", uuid7()) == {"CN-PAT-04"}
