"""A Work commits everything or nothing, and what it announced is heard exactly once."""
import pytest

from app.audit import AuditEntry, Trace
from app.events.identity import AccountRegistered
from app.jobs import Job, JobKind
from app.kit.ids import uuid7
from app.kit.problems import Conflict
from app.work import HOUSE, NestedWork, all_of


def test_a_failed_use_case_leaves_no_job_and_no_trace(house):
    with pytest.raises(RuntimeError), house.write(HOUSE) as work:
        work.later("nothing", {}, "key")
        work.trace(Trace("tried"))
        raise RuntimeError
    with house.read(HOUSE) as work:
        assert all_of(work, Job) == [] and all_of(work, AuditEntry) == []


def test_an_announcement_is_audited_and_heard_once(house, worker):
    heard = []
    house.subscriptions.add({AccountRegistered: [lambda work, event: heard.append(event.account_id)]})
    name = house.subscriptions.of(AccountRegistered)[-1][0]
    handler = house.subscriptions.of(AccountRegistered)[-1][1]
    worker.kinds.add(JobKind(f"event:{name}", lambda work, args, _: handler(
        work, AccountRegistered.from_json(args["data"]))))
    account = uuid7()
    with house.write(HOUSE) as work:
        work.announce(AccountRegistered(account))
    worker.run_until_idle()
    worker.run_until_idle()
    assert heard == [account]
    with house.read(HOUSE) as work:
        assert [e.action for e in all_of(work, AuditEntry)] == ["AccountRegistered"]


def test_a_work_inside_a_work_is_refused_instead_of_hanging(house):
    with pytest.raises(NestedWork), house.write(HOUSE), house.write(HOUSE):
        raise AssertionError("never reached")


def test_the_trace_of_a_read_is_kept_also_when_the_reader_fails(house):
    with pytest.raises(RuntimeError), house.read(HOUSE) as work:
        work.trace(Trace("read:file"))
        raise RuntimeError
    with house.read(HOUSE) as work:
        assert [e.action for e in all_of(work, AuditEntry)] == ["read:file"]


def test_what_a_refusal_must_leave_behind_is_kept_although_the_rest_is_rolled_back(house):
    refusal = Conflict()
    refusal.aftermath = lambda work: work.trace(Trace("refused"))
    with pytest.raises(Conflict), house.write(HOUSE) as work:
        work.trace(Trace("never happened"))
        raise refusal
    with house.read(HOUSE) as work:
        assert [e.action for e in all_of(work, AuditEntry)] == ["refused"]
