"""A version of the house's own rules goes from draft to date with a second person; once proposed it never changes."""
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.audit import AuditEntry
from app.kit.ids import uuid7
from app.kit.problems import Invalid, NotAllowed
from app.kit.states import WrongState
from app.policy.api import PolicyError, desk
from app.policy.casefile import COLUMNS
from app.policy.versions.problems import (
    ApprovalOutdated,
    CasesFail,
    ChangedMeanwhile,
    NotTheSecondPerson,
    NumberTaken,
    ReplayOutdated,
    VersionAltered,
    VersionNotFound,
)
from app.work import HOUSE, Actor, all_of
from tests.intruder import unlock
from tests.policy.asking import pack
from tests.policy.officers import (
    DR_LIN,
    HOSPITAL,
    NINETY,
    QIN,
    SIXTY,
    TANG,
    TODAY,
    WHY,
    approved,
    does,
    drafted,
    prescribe,
    proposed,
    published,
    replayed,
    row,
    run,
)


def test_a_version_goes_all_the_way(house):
    id = published(house)
    kept = row(house, id)
    assert (kept.state, kept.number, kept.effective_from) == ("published", 1, TODAY)
    assert kept.proposed_by == QIN.account_id and kept.approved_by == TANG.account_id == kept.published_by
    with house.read(QIN) as work:
        told = [one.action for one in all_of(work, AuditEntry) if one.action.startswith("Policy")]
        assert told == ["PolicyDraftBegun", "PolicyChecked", "PolicyReplayed", "PolicyProposed", "PolicyApproved",
                        "PolicyPublished"]
        assert desk.policy_of(kept).sha256 == kept.sha256 and desk.current_version(work).id == id


@pytest.mark.parametrize("who", [DR_LIN, HOUSE, Actor("compliance"), Actor("admin", uuid7(), HOSPITAL)])
def test_only_officers_write_and_read(house, who):
    id = drafted(house)
    for act in (lambda work: desk.begin_draft(work, NINETY), lambda work: desk.save_draft(work, id, 1, NINETY),
                lambda work: desk.check_version(work, id), lambda work: desk.begin_replay(work, id),
                lambda work: desk.propose(work, id, TODAY, WHY), lambda work: desk.approve(work, id, ""),
                lambda work: desk.reject(work, id, WHY), lambda work: desk.publish(work, id, TODAY),
                lambda work: desk.withdraw(work, id, WHY), desk.versions, lambda work: desk.version(work, id)):
        with pytest.raises(NotAllowed), house.write(who) as work:
            act(work)
    assert row(house, id).revision == 1


def test_an_officer_of_another_hospital_finds_nothing(house):
    id, stranger = proposed(house), Actor("compliance", uuid7(), uuid7())
    with pytest.raises(VersionNotFound):
        does(house, stranger, desk.approve, id, row(house, id).sha256)
    with house.read(stranger) as work:
        assert desk.versions(work) == []


# --- the second person ----------------------------------------------------------------------------------------


def test_nobody_approves_what_they_wrote_or_proposed(house):
    id = proposed(house)
    with pytest.raises(NotTheSecondPerson) as refused:
        does(house, QIN, desk.approve, id, row(house, id).sha256)
    assert refused.value.status == 403 and row(house, id).state == "proposed"


def test_who_helped_to_write_is_no_second_person(house):
    id = drafted(house)
    does(house, TANG, desk.save_draft, id, 1, SIXTY)
    does(house, QIN, desk.check_version, id)
    does(house, QIN, desk.begin_replay, id)
    run(house)
    does(house, QIN, desk.propose, id, TODAY, WHY)
    for who in (QIN, TANG):
        with pytest.raises(NotTheSecondPerson):
            does(house, who, desk.approve, id, row(house, id).sha256)


def test_nothing_is_published_that_nobody_approved(house):
    for id in (drafted(house), replayed(house), proposed(house)):
        for who in (QIN, TANG):
            with pytest.raises(WrongState):
                does(house, who, desk.publish, id, TODAY)


def test_the_second_person_agrees_to_what_they_saw(house):
    id = proposed(house)
    with pytest.raises(ChangedMeanwhile):
        does(house, TANG, desk.approve, id, "0" * 64)


def test_a_rejected_proposal_is_over_and_says_why(house):
    id = proposed(house)
    with pytest.raises(Invalid):
        does(house, TANG, desk.reject, id, " ")
    does(house, TANG, desk.reject, id, "没有写出处")
    kept = row(house, id)
    assert (kept.state, kept.reason, kept.ended_by) == ("rejected", "没有写出处", TANG.account_id)
    for act in (lambda w: desk.approve(w, id, kept.sha256), lambda w: desk.save_draft(w, id, 1, NINETY)):
        with pytest.raises(WrongState), house.write(TANG) as work:
            act(work)


# --- drafts ---------------------------------------------------------------------------------------------------


def test_a_saved_draft_begins_its_proof_anew(house):
    id = replayed(house)
    does(house, QIN, desk.save_draft, id, 1, SIXTY, "更严一点")
    kept = row(house, id)
    assert (kept.state, kept.revision, kept.checked_at) == ("draft", 2, None)
    with pytest.raises(WrongState):
        does(house, QIN, desk.propose, id, TODAY, WHY)


def test_two_who_begin_at_the_same_moment_get_two_numbers_or_are_asked_again(house):
    together = Barrier(2)

    def begin(who):
        together.wait(timeout=30)
        try:
            return does(house, who, desk.begin_draft, NINETY).number
        except NumberTaken:
            return None

    with ThreadPoolExecutor(2) as officers:
        numbers = [number for number in officers.map(begin, (QIN, TANG)) if number]
    assert sorted(numbers) == list(range(1, len(numbers) + 1)) and numbers


def test_two_who_save_at_once_do_not_overwrite_each_other(house):
    id = drafted(house)
    does(house, QIN, desk.save_draft, id, 1, SIXTY)
    with pytest.raises(ChangedMeanwhile):
        does(house, TANG, desk.save_draft, id, 1, NINETY)
    assert "60" in row(house, id).source


@pytest.mark.parametrize(("source", "line", "rule", "words"), [
    (NINETY.replace("prior.date", "prior.dat"), 8, "H-EVIDENCE-01", "no fact prior.dat"),
    (NINETY.replace("effect: block", "effect: shout"), 6, "H-EVIDENCE-01", "block"),
    (NINETY.replace("param: evidence_days", "param: days"), 8, "H-EVIDENCE-01", "no param days"),
    (NINETY.replace("H-EVIDENCE-01", "CN-RX-01"), 4, "CN-RX-01", "another layer"),
    ("version: '7'\n" + NINETY.strip(), 1, "", "version is not yours"),
    ("rules: [", 1, "", "not valid YAML"),
    ("rules:\n- [" + "[" * 200, 0, "", "nested"),
    ("# " + "x" * 600_000, 0, "", "larger"),
    ("", 0, "", "mapping"),
    (NINETY.replace("evidence_days: 90", "evidence_days: 99999999999999999999"), 2, "", "too large"),
    (NINETY.replace("evidence_days: 90", "evidence_days: 0x" + "f" * 6000), 2, "", "plain decimal digits"),
    (NINETY.replace("evidence_days: 90", "evidence_days: " + "9" * 6000), 2, "", "too large"),
    (NINETY.replace("evidence_days: 90", "evidence_days: 1" + ":59" * 3000), 2, "", "plain decimal digits"),
    (NINETY.replace("evidence_days: 90", "evidence_days: 1" + ":59" * 3000 + ".5"), 2, "", "plain decimal digits"),
    (NINETY.replace("param: evidence_days", "value: 0b1" + "0" * 30_000), 8, "", "plain decimal digits"),
    (NINETY.replace("evidence_days: 90", "evidence_days: .inf"), 8, "H-EVIDENCE-01", "whole number"),
    ("params: {a: 1}", 1, "", "Field required"),
])
def test_a_fault_is_named_with_its_line(source, line, rule, words):
    with pytest.raises(PolicyError) as refused:
        desk.house_policy(source, 1, pack("cn-mainland"))
    facts, said = refused.value.facts, str(refused.value)
    assert (facts["line"], facts["rule"]) == (line, rule) and words in said, said
    assert f"line {line}" in said or not line


def test_a_fault_changes_nothing(house):
    id = drafted(house)
    for source in (NINETY.replace("prior.date", "prior.dat"), "rules: [", "- " * 100_000):
        with pytest.raises(PolicyError):
            does(house, QIN, desk.save_draft, id, 1, source)
    kept = row(house, id)
    assert (kept.source, kept.revision) == (NINETY, 1)


def test_a_version_can_be_nothing_but_the_layer_of_the_house(house):
    """Its rules add to the law and cannot lift any: an exception stands in a rule of its own only."""
    kept = row(house, drafted(house))
    policy = desk.policy_of(kept)
    assert (policy.layer, policy.id, policy.version) == ("institution", "house", "1")
    with pytest.raises(PolicyError):
        does(house, QIN, desk.save_draft, kept.id, 1, "layer: national\n" + NINETY.strip())


def test_own_cases_are_a_gate(house):
    head = ",".join(name for name in COLUMNS if name not in ("title", "title_zh", "note"))
    cases = (f'{head}\nE-90,house,prescribe,2026-11-21,,"{{""prior.date"": ""2026-08-23""}}",allow,,\n'
             'E-91,house,prescribe,2026-11-21,,"{""prior.date"": ""2026-08-22""}",allow,,\n')
    id = drafted(house)
    does(house, QIN, desk.save_draft, id, 1, NINETY, "", cases)
    with pytest.raises(CasesFail) as refused:
        does(house, QIN, desk.check_version, id)
    assert [one["case_id"] for one in refused.value.facts["failures"]] == ["E-91"]
    does(house, QIN, desk.save_draft, id, 2, NINETY, "", cases[:cases.index("E-91")])
    assert does(house, QIN, desk.check_version, id).cases_held == 1


# --- proof ----------------------------------------------------------------------------------------------------


def test_without_a_replay_nothing_is_proposed(house):
    id = drafted(house)
    does(house, QIN, desk.check_version, id)
    with pytest.raises(WrongState):
        does(house, QIN, desk.propose, id, TODAY, WHY)


def test_a_replay_under_another_law_proves_nothing(house):
    id = proposed(house)
    with house.write(HOUSE) as work:
        work.session.execute(update(desk.PolicyReplay).values(base=["0" * 64]))
    with pytest.raises(ReplayOutdated):
        does(house, TANG, desk.approve, id, row(house, id).sha256)


def test_a_version_begins_today_at_the_earliest(house):
    id = approved(house)
    for day in (date(2026, 11, 20), date(1900, 1, 1), date(2999, 1, 1)):
        with pytest.raises(Invalid):
            does(house, TANG, desk.publish, id, day)


# --- what does not change -------------------------------------------------------------------------------------


@pytest.mark.invariant(2)
def test_the_database_lets_nobody_change_what_was_proposed(house):
    id = proposed(house)
    for change in ({"source": "rules: []"}, {"content": b"{}"}, {"sha256": "0" * 64}, {"number": 9}, {"cases": "x"},
                   {"why": "另一个理由"}, {"writers": []}, {"proposed_by": None}):
        with pytest.raises((IntegrityError, DatabaseError)), house.write(HOUSE) as work:
            work.session.execute(update(desk.PolicyVersion).values(**change))
    assert row(house, id).state == "proposed"


def test_the_database_lets_nobody_move_the_date_of_what_decides(house):
    published(house)
    for change in ({"effective_from": date(2026, 1, 1)}, {"approved_by": QIN.account_id}):
        with pytest.raises((IntegrityError, DatabaseError)), house.write(HOUSE) as work:
            work.session.execute(update(desk.PolicyVersion).values(**change))


def test_a_draft_may_still_change_and_is_never_removed(house):
    id = drafted(house)
    with house.write(HOUSE) as work:
        work.session.execute(update(desk.PolicyVersion).values(why="x"))
    with pytest.raises((IntegrityError, DatabaseError)), house.write(HOUSE) as work:
        work.session.delete(work.get(desk.PolicyVersion, id))


@pytest.mark.invariant(2)
def test_what_was_changed_past_the_program_decides_nothing(house):
    published(house)
    with house.write(HOUSE) as work:
        unlock(work.session, "policy_version")
        kept = all_of(work, desk.PolicyVersion)[0]
        work.session.execute(update(desk.PolicyVersion).values(
            content=kept.content.replace(b'"evidence_days":90', b'"evidence_days":99999')))
    with pytest.raises(VersionAltered):
        prescribe(house)


# --- in the place of what it was approved for -----------------------------------------------------------------


@pytest.mark.invariant(2)
def test_an_old_approval_does_not_roll_back_what_came_since(house, clock):
    """One officer alone could otherwise keep an approved version and publish it over stricter rules of today."""
    old = approved(house)
    clock.forward(minutes=1)
    now = published(house, SIXTY)
    with pytest.raises(ApprovalOutdated):
        does(house, QIN, desk.publish, old, TODAY)
    with pytest.raises(WrongState):
        does(house, QIN, desk.begin_replay, old)        # a new replay would not be what the other agreed to
    with house.read(QIN) as work:
        assert desk.current_version(work).id == now
    assert published(house, "", based_on=old)


def test_neither_does_it_replace_what_waits_for_its_day(house):
    old = approved(house)
    waiting = published(house, SIXTY, on=date(2026, 12, 1))
    with pytest.raises(ApprovalOutdated):
        does(house, TANG, desk.publish, old, TODAY)
    does(house, QIN, desk.withdraw, waiting, "写错了")
    assert does(house, TANG, desk.publish, old, TODAY).state == "published"


def test_a_proposal_is_approved_in_the_place_of_what_stands_today(house):
    late = proposed(house)
    published(house, SIXTY)
    with pytest.raises(ReplayOutdated):
        does(house, TANG, desk.approve, late, row(house, late).sha256)
    does(house, QIN, desk.begin_replay, late)
    run(house)
    assert does(house, TANG, desk.approve, late, row(house, late).sha256).state == "approved"


def test_it_begins_on_the_approved_day_at_the_earliest(house, clock):
    """Approved for later, nobody brings it forward alone; later than approved is for them to choose."""
    id = replayed(house)
    does(house, QIN, desk.propose, id, date(2027, 1, 20), WHY)
    does(house, TANG, desk.approve, id, row(house, id).sha256)
    for day in (TODAY, date(2027, 1, 19)):
        with pytest.raises(Invalid):
            does(house, QIN, desk.publish, id, day)
    assert row(house, id).state == "approved"
    assert does(house, QIN, desk.publish, id, date(2027, 1, 21)).effective_from == date(2027, 1, 21)


LATER = NINETY[NINETY.index("- id:"):].replace("2026-11-01", "2027-01-01").replace("param: evidence_days", "value: 9")
CHANGES_IN_2027 = NINETY.replace("2026-11-01", "2026-11-01\n  valid_to: 2026-12-31") + LATER


def test_the_replay_looks_at_the_rules_of_the_day_that_is_approved(house):
    id = replayed(house, CHANGES_IN_2027)
    does(house, QIN, desk.propose, id, date(2027, 1, 20), WHY)
    with pytest.raises(ReplayOutdated):
        does(house, TANG, desk.approve, id, row(house, id).sha256)
    does(house, QIN, desk.begin_replay, id)
    run(house)
    does(house, TANG, desk.approve, id, row(house, id).sha256)
    assert does(house, TANG, desk.publish, id, date(2027, 2, 1)).state == "published"


def test_it_is_not_put_off_to_a_day_of_other_rules(house):
    id = approved(house, CHANGES_IN_2027)
    with pytest.raises(Invalid):
        does(house, TANG, desk.publish, id, date(2027, 1, 20))
    assert does(house, TANG, desk.publish, id, date(2026, 12, 31)).state == "published"
