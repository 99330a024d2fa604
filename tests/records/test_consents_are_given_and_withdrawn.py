"""Which text was agreed to, when and by whom; and what the policy learns of it."""
from datetime import timedelta

import pytest

from app.events.consult import VisitRequested
from app.kit.clock import FrozenClock
from app.kit.ids import uuid7
from app.policy import api as policy
from app.work import House
from app.worker import Worker
from records import api as records
from records.consent import forms as texts
from tests.records.cast import Cast

CONSENTS = {"sensitive_data": "patient.sensitive_data_consent",
            "guardian_privacy": "patient.guardian_privacy_consent",
            "informed_consent": "patient.informed_consent"}


def give(house: House, cast: Cast, form: str, who: str = "wang", patient: str | None = None, **more) -> records.Consent:
    with house.write(cast.people[who]) as work:
        return records.give_consent(work, cast.patients[patient or who], form, **more)


def facts(house: House, cast: Cast, patient: str = "wang", visit_id=None) -> dict:
    with house.read(cast.lin) as work:
        sheet = policy.fact_sheet(work)
        records.patient_facts(work, cast.patients[patient], visit_id, sheet)
        return sheet.values()


def standing(house: House, cast: Cast, visit_id=None) -> set[str]:
    with house.read(cast.wang) as work:
        return set(records.consents_of(work, cast.patients["wang"], visit_id))


def test_every_form_is_there_in_both_languages_with_its_hash() -> None:
    assert set(records.forms()) == {"privacy", "sensitive_data", "informed_consent", "guardian_privacy",
                                    "call_recording"}
    for form in records.forms().values():
        assert len(form.body.zh) > 100 and len(form.body.en) > 200
        assert len(form.sha256) == 64 and form.version
    assert len({form.sha256 for form in records.forms().values()}) == 5


def test_a_changed_word_changes_the_hash() -> None:
    form = records.forms()["privacy"]
    other = form.model_copy(update={"body": form.body.model_copy(update={"en": form.body.en + " "})})
    assert other.sha256 != form.sha256


def test_wang_consents_to_the_text_in_force(house: House, cast: Cast, clock: FrozenClock) -> None:
    given = give(house, cast, "sensitive_data", sha256=records.forms()["sensitive_data"].sha256)
    form = records.forms()["sensitive_data"]
    assert (given.version, given.sha256, given.given_by) == (form.version, form.sha256, cast.wang.account_id)
    assert given.given_at == clock.now() and given.language == "zh"
    assert standing(house, cast) == {"sensitive_data"}


def test_a_second_click_is_the_same_consent(house: House, cast: Cast) -> None:
    assert give(house, cast, "privacy").id == give(house, cast, "privacy").id


def test_a_page_that_showed_an_older_text_is_told(house: House, cast: Cast) -> None:
    with pytest.raises(records.FormChanged):
        give(house, cast, "privacy", sha256="0" * 64)
    assert standing(house, cast) == set()


def test_a_form_that_does_not_exist_is_not_found(house: House, cast: Cast) -> None:
    with pytest.raises(records.UnknownForm):
        give(house, cast, "marketing")


@pytest.mark.invariant(1)
def test_what_was_never_given_is_absent_and_not_false(house: House, cast: Cast) -> None:
    told = facts(house, cast)
    assert told["patient.age_years"] == 58
    assert not set(told) & set(CONSENTS.values())
    assert "patient.realname_verified" not in told


def test_given_is_true_and_withdrawn_is_false(house: House, cast: Cast) -> None:
    give(house, cast, "sensitive_data")
    assert facts(house, cast)["patient.sensitive_data_consent"] is True
    with house.write(cast.wang) as work:
        records.withdraw_consent(work, cast.patients["wang"], "sensitive_data")
    assert facts(house, cast)["patient.sensitive_data_consent"] is False
    assert standing(house, cast) == set()


def test_a_withdrawn_consent_stays_in_the_history_and_can_be_given_anew(house: House, cast: Cast) -> None:
    give(house, cast, "privacy")
    with house.write(cast.wang) as work:
        records.withdraw_consent(work, cast.patients["wang"], "privacy")
    give(house, cast, "privacy")
    with house.read(cast.wang) as work:
        rows = records.consent_history(work, cast.patients["wang"])
        assert [row.withdrawn_at is None for row in rows] == [True, False]


def test_a_new_version_of_the_text_ends_the_consent(house: House, cast: Cast, monkeypatch) -> None:
    give(house, cast, "sensitive_data")
    newer = {n: f.model_copy(update={"version": "2027-01-01"}) for n, f in texts.forms().items()}
    monkeypatch.setattr("records.consent.queries.forms", lambda: newer)
    assert standing(house, cast) == set()
    assert facts(house, cast)["patient.sensitive_data_consent"] is False


def test_mother_ma_consents_for_xiaoyu(house: House, cast: Cast) -> None:
    given = give(house, cast, "guardian_privacy", "ma", "xiaoyu")
    assert given.given_by == cast.ma.account_id
    assert facts(house, cast, "xiaoyu")["patient.guardian_privacy_consent"] is True


def test_nobody_gives_the_guardians_consent_for_themselves(house: House, cast: Cast) -> None:
    with pytest.raises(records.GuardianNeeded):
        give(house, cast, "guardian_privacy", "wang")


@pytest.mark.parametrize(("who", "patient", "health"), [
    ("wang", "wang", "sensitive_data"), ("ma", "xiaoyu", "guardian_privacy")])
def test_the_missing_forms_depend_on_the_age(house: House, cast: Cast, who: str, patient: str, health: str) -> None:
    def missing() -> list[str]:
        with house.read(cast.people[who]) as work:
            return records.missing_consents(work, cast.patients[patient])

    assert missing() == ["privacy", health, "informed_consent"]
    for form in ("privacy", health, "informed_consent"):
        give(house, cast, form, who, patient)
    assert missing() == []


def test_informed_consent_holds_for_a_day_before_the_visit(house: House, cast: Cast, clock: FrozenClock) -> None:
    give(house, cast, "informed_consent")
    assert facts(house, cast)["patient.informed_consent"] is True
    assert facts(house, cast, visit_id=uuid7())["patient.informed_consent"] is True
    clock.forward(hours=24, seconds=1)
    assert facts(house, cast)["patient.informed_consent"] is False


def test_bound_to_its_visit_it_holds_for_that_one_alone(house: House, cast: Cast, clock: FrozenClock) -> None:
    give(house, cast, "informed_consent")
    visit = uuid7()
    with house.write(cast.wang) as work:
        assert records.bind_consent(work, cast.patients["wang"], visit) is not None
    assert facts(house, cast, visit_id=uuid7())["patient.informed_consent"] is False
    clock.forward(days=3)
    assert facts(house, cast, visit_id=visit)["patient.informed_consent"] is True
    assert give(house, cast, "informed_consent").visit_id is None


def test_a_requested_visit_takes_the_consent_by_itself(
        house: House, cast: Cast, worker: Worker, clock: FrozenClock) -> None:
    given, visit = give(house, cast, "informed_consent"), uuid7()
    with house.write(cast.wang) as work:
        work.announce(VisitRequested(visit, cast.patients["wang"]))
    worker.run_until_idle()
    with house.read(cast.wang) as work:
        held = records.consents_of(work, cast.patients["wang"], visit)["informed_consent"]
        assert (held.id, held.visit_id) == (given.id, visit)


def test_binding_without_a_consent_binds_nothing(house: House, cast: Cast, clock: FrozenClock) -> None:
    with house.write(cast.wang) as work:
        assert records.bind_consent(work, cast.patients["wang"], uuid7()) is None
    give(house, cast, "informed_consent")
    clock.forward(days=2)
    with house.write(cast.wang) as work:
        assert records.bind_consent(work, cast.patients["wang"], uuid7()) is None


def test_a_consent_of_the_future_does_not_count(house: House, cast: Cast, clock: FrozenClock) -> None:
    give(house, cast, "informed_consent")
    clock.at -= timedelta(hours=1)
    assert facts(house, cast)["patient.informed_consent"] is False
