"""A replay runs as a job in parts, counts what would change and for whom, and can be cancelled."""
import pytest

from app.jobs import JobKinds
from app.kit.states import WrongState
from app.policy.api import PolicyDecision, Verdict, desk
from app.policy.versions import replaying
from app.policy.versions.problems import ReplayRunning
from app.work import HOUSE, all_of
from app.worker import Worker
from tests.intruder import unlock
from tests.policy.officers import NINETY, QIN, TANG, does, drafted, prescribe, replayed, row, run

OLD, RECENT = "2026-08-01", "2026-10-01"


@pytest.fixture
def checked(house):
    """Three prescriptions were allowed, one of them on an old diagnosis; a draft is checked."""
    for day in (RECENT, OLD, RECENT):
        assert prescribe(house, day).allowed
    id = drafted(house)
    does(house, QIN, desk.check_version, id)
    return id


def test_it_says_what_changes_and_for_how_many_and_names_nobody(house, checked):
    kept = does(house, QIN, desk.begin_replay, checked)
    run(house)
    with house.read(QIN) as work:
        told = desk.replay(work, kept.id)
        assert (told.state, told.done, told.total, told.changed, told.unreadable) == ("finished", 3, 3, 1, 0)
        [change] = desk.changes(work, told)
        assert (change.before, change.after, change.rules_after) == (Verdict.ALLOW, Verdict.BLOCK, ["H-EVIDENCE-01"])
        count = desk.affected(work, told)
        assert (count.patients, count.staff, count.stricter, count.laxer) == (1, 1, 1, 0)
        assert count.stages == {"prescribe": 1} and desk.version(work, checked).state == "replayed"


def test_the_case_file_is_decided_too(house, checked):
    told = does(house, QIN, desk.begin_replay, checked)
    assert told.cases_total > 40 and {one["after"] for one in told.cases} == {"block"}
    first = next(one for one in told.cases if one["case_id"] == "CN-001")
    assert first["title"] == "Follow-up of hypertension, 7 days, all in order"
    assert first["title_zh"] == "高血压复诊，开 7 天，手续齐全"
    assert all(one["missing"] == ["prior.date"] for one in told.cases if one["before"] == "allow")


def test_a_rule_that_begins_tomorrow_is_replayed_as_if_it_held(house, checked):
    later = NINETY.replace("2026-11-01", "2027-01-01")
    id = replayed(house, later)
    with house.read(QIN) as work:
        assert desk.replays(work, desk.version(work, id))[0].changed == 1


def test_it_goes_in_parts_and_its_progress_can_be_read(house, checked, monkeypatch):
    monkeypatch.setattr(replaying, "PART", 1)
    id = does(house, QIN, desk.begin_replay, checked).id
    worker, seen = Worker(house, house.tools.get(JobKinds)), []
    while worker.run_due():
        seen.append(row(house, id, desk.PolicyReplay).done)
    assert seen == [1, 2, 3] and row(house, id, desk.PolicyReplay).state == "finished"


def test_a_cancelled_replay_stops_and_proves_nothing(house, checked, monkeypatch):
    monkeypatch.setattr(replaying, "PART", 1)
    id, worker = does(house, QIN, desk.begin_replay, checked).id, Worker(house, house.tools.get(JobKinds))
    worker.run_due()
    does(house, TANG, desk.cancel_replay, id)
    worker.run_until_idle()
    told = row(house, id, desk.PolicyReplay)
    assert (told.state, told.done) == ("cancelled", 1) and row(house, checked).state == "checked"
    with pytest.raises(WrongState):
        does(house, QIN, desk.cancel_replay, id)
    with house.read(QIN) as work:
        assert desk.current_replay(work, desk.version(work, checked)) is None


def test_a_part_that_was_in_hand_when_it_was_cancelled_is_dropped(house, checked):
    id = does(house, QIN, desk.begin_replay, checked).id
    found = replaying.look(house, {"replay_id": str(id)}, "")
    does(house, QIN, desk.cancel_replay, id)
    does(house, HOUSE, replaying.keep, {"replay_id": str(id)}, found)
    assert row(house, id, desk.PolicyReplay).done == 0


def test_one_at_a_time_and_no_saving_meanwhile(house, checked):
    does(house, QIN, desk.begin_replay, checked)
    with pytest.raises(ReplayRunning):
        does(house, QIN, desk.begin_replay, checked)
    with pytest.raises(ReplayRunning):
        does(house, QIN, desk.save_draft, checked, 1, NINETY)


def test_only_the_last_ones_are_asked_for(house, checked):
    id = does(house, QIN, desk.begin_replay, checked, 1).id
    run(house)
    assert row(house, id, desk.PolicyReplay).done == 1


@pytest.mark.invariant(2)
def test_a_record_that_was_altered_is_counted_and_not_passed_over(house, checked):
    with house.write(HOUSE) as work:
        unlock(work.session, "policy_decision")
        work.session.connection().exec_driver_sql("UPDATE policy_decision SET verdict = 'warn'")
    id = does(house, QIN, desk.begin_replay, checked).id
    run(house)
    assert row(house, id, desk.PolicyReplay).unreadable == 3


def test_withdrawing_ends_the_replay(house, checked):
    id = does(house, QIN, desk.begin_replay, checked).id
    does(house, QIN, desk.withdraw, checked, "不要了")
    run(house)
    assert row(house, id, desk.PolicyReplay).state == "cancelled" and row(house, checked).state == "withdrawn"


def test_a_replay_stores_no_decision(house, checked):
    does(house, QIN, desk.begin_replay, checked)
    run(house)
    with house.read(QIN) as work:
        assert len(all_of(work, PolicyDecision)) == 3
