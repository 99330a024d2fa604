"""A published version decides from its first day on, in every process; each decision names its version."""
from datetime import date

import pytest

from app.identity import api as identity
from app.kit.clock import FrozenClock
from app.policy.api import Verdict, decision_again, desk, policies_of, read_record, remedies_of
from app.policy.versions.problems import InForceAlready
from app.wiring import build_house
from app.work import HOUSE
from tests.policy.officers import HOSPITAL, NINETY, QIN, SIXTY, TODAY, does, drafted, prescribe, published, row

OLD, RECENT = "2026-08-01", "2026-10-01"       # 112 and 51 days before


def test_before_any_version_the_files_alone_decide(house):
    told = prescribe(house, OLD)
    assert told.allowed and told.row.house_version_id is None
    assert [layer.policy for layer in told.decision.layers] == ["cn-mainland"]


@pytest.mark.invariant(1)
def test_a_published_rule_refuses_what_the_nation_allows(house):
    id = published(house)
    told = prescribe(house, OLD)
    assert told.decision.verdict is Verdict.BLOCK and told.decision.rule_ids == ("H-EVIDENCE-01",)
    assert told.row.house_version_id == id and told.decision.layers[1].sha256 == row(house, id).sha256
    assert prescribe(house, RECENT).allowed


def test_a_version_waits_for_its_day(house, clock):
    published(house, on=date(2026, 12, 1))
    assert prescribe(house, OLD).allowed
    clock.forward(days=9)
    assert prescribe(house, OLD).allowed        # 30 November
    clock.forward(days=1)
    assert not prescribe(house, OLD).allowed


def test_the_day_begins_at_midnight_of_the_hospital(house, clock):
    published(house, on=date(2026, 11, 22))
    clock.forward(hours=13, minutes=59)         # 23:59 in the hospital
    assert prescribe(house, OLD).allowed
    clock.forward(minutes=1)
    assert not prescribe(house, OLD).allowed


@pytest.mark.invariant(2)
def test_what_an_older_version_decided_is_computed_again_by_it(house, clock):
    first = published(house)
    kept = prescribe(house, RECENT)
    clock.forward(days=1)
    second = published(house, SIXTY.replace("60", "30"), on=date(2026, 11, 22), based_on=first)
    assert prescribe(house, RECENT).row.house_version_id == second
    with house.read(QIN) as work:
        assert decision_again(work, kept.row.id) == kept.decision
        assert policies_of(work, read_record(kept.row)).layers[1].params["evidence_days"] == 90
        assert desk.is_over(work, desk.version(work, first)) and not desk.is_over(work, desk.version(work, second))


def test_another_process_knows_at_its_next_decision(house, settings, database):
    """Two houses stand for two processes: each has its own tools and its own compiled rules."""
    other = build_house(settings, FrozenClock(house.clock.now()), database)[0]
    assert prescribe(other, OLD).allowed
    published(house)
    assert not prescribe(other, OLD).allowed
    published(house, SIXTY, based_on=None)
    assert prescribe(other, "2026-09-10").decision.rule_ids == ("H-EVIDENCE-01",)       # 72 days


def test_of_two_that_begin_the_same_day_the_one_published_last_counts(house, clock):
    published(house, SIXTY)
    clock.forward(minutes=1)
    published(house, NINETY)
    assert prescribe(house, "2026-09-10").allowed


def test_going_back_is_a_new_version(house, clock):
    first = published(house)
    clock.forward(minutes=1)
    published(house, SIXTY)
    clock.forward(minutes=1)
    again = published(house, "", based_on=first)
    kept = row(house, again)
    assert kept.number == 3 and kept.source == NINETY and kept.sha256 != row(house, first).sha256
    assert prescribe(house, "2026-09-10").allowed


def test_a_limit_beyond_the_calendar_is_decided_and_explained(house):
    published(house, NINETY.replace("evidence_days: 90", "evidence_days: 9000000"))
    assert prescribe(house, OLD).allowed
    told = prescribe(house, None)       # the date is not known
    with house.read(QIN) as work:
        assert told.decision.missing == ("prior.date",) and remedies_of(work, told.record)


def test_a_version_is_compared_with_what_it_takes_the_place_of(house, clock):
    """Also one that goes back: against the version that it was begun from it would seem to change nothing."""
    first = published(house)
    clock.forward(minutes=1)
    second = published(house, SIXTY)
    again = drafted(house, "", based_on=first)
    with house.read(QIN) as work:
        under = {id: desk.policy_under(work, desk.version(work, id)) for id in (first, second, again)}
    assert under[first] is None
    assert [under[id].params["evidence_days"] for id in (second, again)] == [90, 60]


def test_what_decides_is_not_taken_back_but_what_waits_is(house):
    id = published(house)
    with pytest.raises(InForceAlready):
        does(house, QIN, desk.withdraw, id, "写错了")
    waiting = published(house, SIXTY, on=date(2026, 12, 1))
    assert does(house, QIN, desk.withdraw, waiting, "写错了").state == "withdrawn"
    assert does(house, QIN, desk.withdraw, drafted(house), "不要了").state == "withdrawn"
    with house.read(QIN) as work:
        assert desk.current_version(work).id == id and TODAY == row(house, id).effective_from


@pytest.mark.invariant(1)
@pytest.mark.parametrize(("kind", "allowed"), [("partner_hospital", True), ("pharmacy", True), ("hospital", False)])
def test_the_rules_of_another_organisation_decide_nothing_here(house, kind, allowed):
    with house.write(HOUSE) as work:
        work.add(identity.Organization(id=HOSPITAL, kind=kind, name_zh="某院", name_en="Some house"))
    published(house)
    assert prescribe(house, OLD).allowed is allowed
