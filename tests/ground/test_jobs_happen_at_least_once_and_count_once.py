"""The job table: two workers share, a crash repeats only the effect, a failure rests longer each time."""
import threading
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.jobs import Job, JobKind, JobKinds, claim, dead_letters, enqueue, finish, next_due, revive
from app.jobs.table import MOST_ATTEMPTS
from app.kit.ids import uuid7
from app.work import HOUSE, all_of
from app.worker import Worker

LEASE = timedelta(seconds=30)


def put(house, key="k", kind="act", due=None, **args):
    with house.write(HOUSE) as work:
        work.later(kind, args, key, due)


def jobs(house):
    with house.read(HOUSE) as work:
        return all_of(work, Job)


def worker_of(house, *kinds):
    return Worker(house, JobKinds(kinds))


def test_a_job_runs_when_it_is_due_and_not_before(house, clock):
    done = []
    worker = worker_of(house, JobKind("act", lambda work, args, _: done.append(args["n"])))
    put(house, "later", due=clock.now() + timedelta(minutes=5), n=2)
    put(house, "now", n=1)
    worker.run_until_idle()
    assert done == [1]
    clock.forward(minutes=5)
    worker.run_until_idle()
    assert done == [1, 2] and jobs(house) == []


def test_jobs_run_in_the_order_in_which_they_are_due(house, clock):
    done = []
    worker = worker_of(house, JobKind("act", lambda work, args, _: done.append(args["n"])))
    for n in (3, 1, 2):
        put(house, f"k{n}", due=clock.now() - timedelta(minutes=10 - n), n=n)
    worker.run_until_idle()
    assert done == [1, 2, 3]


def test_a_key_that_waits_is_written_once(house, clock):
    put(house, "same", n=1)
    put(house, "same", n=2, due=clock.now() + timedelta(days=1))
    [job] = jobs(house)
    assert job.args == {"n": 1}


def test_the_same_key_may_come_again_after_its_job_is_done(house):
    done = []
    worker = worker_of(house, JobKind("act", lambda work, args, _: done.append(args["n"])))
    for n in (1, 2):
        put(house, "same", n=n)
        worker.run_until_idle()
    assert done == [1, 2]


def test_two_at_once_write_one_job_of_one_key(house):
    errors = []

    def write():
        try:
            put(house, "same")
        except Exception as error:
            errors.append(error)
    together(write, times=4)
    assert errors == [] and len(jobs(house)) == 1


def together(act, times):
    threads = [threading.Thread(target=act) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_workers_never_claim_the_same_job(house, clock):
    with house.write(HOUSE) as work:
        for n in range(60):
            enqueue(work.session, "act", {"n": n}, f"k{n}", clock.now(), clock.now())
    taken, lock = [], threading.Lock()

    def work_through():
        while rows := claim(house.database, clock.now(), most=7, lease=LEASE):
            with lock:
                taken.extend(row.key for row in rows)
    together(work_through, times=4)
    assert len(taken) == 60 and len(set(taken)) == 60


def test_a_claimed_job_is_free_again_when_its_lease_has_run_out(house, clock):
    put(house)
    assert len(claim(house.database, clock.now(), lease=LEASE)) == 1
    clock.forward(seconds=29)
    assert claim(house.database, clock.now(), lease=LEASE) == []
    clock.forward(seconds=1)
    [again] = claim(house.database, clock.now(), lease=LEASE)
    assert again.attempts == 2


def test_the_one_process_of_sqlite_takes_up_at_once_what_the_one_before_had_in_hand(house, clock):
    """With several processes somebody else may be at it: there the lease decides."""
    done = []
    put(house)
    claim(house.database, clock.now(), lease=LEASE)
    worker = worker_of(house, JobKind("act", lambda work, args, _: (done.append(args), worker.stop())))
    thread = threading.Thread(target=worker.loop)
    thread.start()
    thread.join(10 if house.database.is_sqlite else 1)
    worker.stop()
    thread.join(10)
    assert len(done) == (1 if house.database.is_sqlite else 0)


def test_an_owner_who_slept_past_the_lease_cannot_record(house, clock):
    put(house)
    [mine] = claim(house.database, clock.now(), lease=LEASE)
    clock.forward(seconds=31)
    [others] = claim(house.database, clock.now(), lease=LEASE)
    with house.write(HOUSE) as work:
        assert not finish(work.session, mine.id, mine.attempts)
        assert finish(work.session, others.id, others.attempts)
    assert jobs(house) == []


def test_a_worker_that_lost_its_job_does_not_repeat_the_effect(house, clock):
    effects = []
    kind = JobKind("act", lambda work, args, _: None, effect=lambda house, args, key: effects.append(key))
    worker = worker_of(house, kind)
    put(house)
    [slow] = claim(house.database, clock.now(), lease=LEASE)
    clock.forward(seconds=31)
    worker.run_until_idle()
    worker.run(slow)
    assert effects == ["k"]


def test_the_lease_of_an_effect_begins_with_the_effect(house, clock):
    seen = []

    def effect(house, args, key):
        seen.append(claim(house.database, clock.now() + timedelta(minutes=4), lease=LEASE))
    put(house)
    worker = worker_of(house, JobKind("act", lambda *_: None, effect=effect, lease=timedelta(minutes=5)))
    [row] = claim(house.database, clock.now(), lease=LEASE)
    worker.run(row)
    assert seen == [[]] and jobs(house) == []


@pytest.mark.invariant(8)
def test_a_crash_after_the_effect_repeats_the_effect_and_records_once(house, clock):
    effects, records = [], []
    kind = JobKind("act", lambda work, args, outcome: records.append(outcome),
                   effect=lambda house, args, key: effects.append(key) or len(effects))
    put(house, "pay:1")
    [row] = claim(house.database, clock.now(), lease=LEASE)
    kind.effect(house, row.args, row.key)      # the process dies here
    clock.forward(seconds=31)
    worker_of(house, kind).run_until_idle()
    assert effects == ["pay:1", "pay:1"] and records == [2]


def test_a_failed_recording_takes_everything_back_and_comes_again(house, clock):
    tries = []

    def record(work, args, _):
        tries.append(1)
        work.later("other", {}, "other", work.now + timedelta(days=1))
        if len(tries) == 1:
            raise RuntimeError
    worker = worker_of(house, JobKind("act", record))
    put(house)
    worker.run_until_idle()
    assert [job.kind for job in jobs(house)] == ["act"]
    clock.forward(seconds=2)
    worker.run_until_idle()
    assert [job.kind for job in jobs(house)] == ["other"]


def failing(house):
    def record(work, args, _):
        raise RuntimeError("no")
    return worker_of(house, JobKind("act", record))


def test_the_pause_grows_after_each_failure(house, clock):
    worker, pauses = failing(house), []
    put(house)
    for _ in range(4):
        worker.run_until_idle()
        [job] = jobs(house)
        pauses.append((job.lease - clock.now()).total_seconds())
        clock.at = job.lease
    assert pauses == [2, 4, 8, 16]


def wear_out(house, clock):
    worker = failing(house)
    put(house)
    for _ in range(MOST_ATTEMPTS):
        worker.run_until_idle()
        clock.at = jobs(house)[0].lease
    return worker


def test_a_job_that_keeps_failing_waits_for_a_person(house, clock):
    worker = wear_out(house, clock)
    clock.forward(days=30)
    assert worker.run_due() == 0
    with Session(house.database.reader) as session:
        [dead] = dead_letters(session, clock.now())
        assert (dead.key, dead.attempts) == ("k", MOST_ATTEMPTS)
        assert next_due(session, clock.now()) is None


def test_a_person_can_let_a_dead_letter_be_tried_anew(house, clock):
    wear_out(house, clock)
    done = []
    with house.write(HOUSE) as work:
        assert revive(work.session, work.now, jobs_in(work)[0].id)
        assert not revive(work.session, work.now, uuid7())
    worker_of(house, JobKind("act", lambda *_: done.append(1))).run_until_idle()
    assert done == [1]


def test_a_dead_letter_does_not_keep_its_key_from_coming_again(house, clock):
    wear_out(house, clock)
    [dead] = jobs(house)
    done = []
    put(house, n=2, due=clock.now() + timedelta(minutes=1))
    put(house, n=3)
    [new] = jobs(house)
    assert (new.args, new.attempts, new.id != dead.id) == ({"n": 2}, 0, True)
    worker = worker_of(house, JobKind("act", lambda work, args, _: done.append(args["n"])))
    worker.run_until_idle()
    assert done == []
    clock.forward(minutes=1)
    worker.run_until_idle()
    assert done == [2] and jobs(house) == []


def last_attempt(house, clock):
    put(house, n=1)
    for _ in range(MOST_ATTEMPTS):
        [row] = claim(house.database, clock.now(), lease=LEASE)
        clock.forward(seconds=30)
    return row


def test_the_owner_of_the_last_attempt_cannot_record_over_the_job_that_took_its_place(house, clock):
    old = last_attempt(house, clock)
    put(house, n=2)
    with house.write(HOUSE) as work:
        assert not finish(work.session, old.id, old.attempts)
    assert [job.args for job in jobs(house)] == [{"n": 2}]


def test_a_job_in_its_last_attempt_is_not_dead_yet(house, clock):
    last_attempt(house, clock)
    clock.forward(seconds=-1)
    put(house, n=2)
    with house.write(HOUSE) as work:
        assert dead_letters(work.session, work.now) == []
        assert not revive(work.session, work.now, jobs_in(work)[0].id)
        assert [job.args for job in jobs_in(work)] == [{"n": 1}]


def test_two_at_once_put_one_job_in_the_place_of_a_dead_one(house, clock):
    wear_out(house, clock)
    errors = []

    def write():
        try:
            put(house, n=2)
        except Exception as error:
            errors.append(error)
    together(write, times=4)
    assert errors == [] and [(job.args, job.attempts) for job in jobs(house)] == [({"n": 2}, 0)]


def test_the_log_says_how_many_jobs_are_dead_whenever_one_dies(house, clock, caplog):
    wear_out(house, clock)
    worker = failing(house)
    put(house, "second")
    for _ in range(MOST_ATTEMPTS):
        worker.run_until_idle()
        clock.forward(minutes=5)
    told = [record.getMessage() for record in caplog.records if "dead" in record.getMessage()]
    assert len(told) == 2 and "1 dead" in told[0] and "2 dead" in told[1]


def jobs_in(work):
    return list(work.session.exec(select(Job)).all())


def test_one_bad_job_does_not_stop_the_others(house):
    done = []

    def record(work, args, _):
        if args["n"] == 1:
            raise RuntimeError
        done.append(args["n"])
    for n in (0, 1, 2):
        put(house, f"k{n}", n=n)
    worker_of(house, JobKind("act", record)).run_until_idle()
    assert done == [0, 2]


def test_a_kind_that_nobody_knows_is_kept_for_a_person(house):
    put(house, kind="from_tomorrow")
    worker_of(house).run_due()
    [job] = jobs(house)
    assert job.attempts == 1


def test_a_kind_is_registered_once():
    kinds = JobKinds([JobKind("act", lambda *_: None)])
    with pytest.raises(ValueError, match="twice"):
        kinds.add(JobKind("act", lambda *_: None))


def test_the_loop_outlives_a_fault_of_the_database(house, monkeypatch):
    worker, rounds = worker_of(house), []

    def broken():
        rounds.append(1)
        if len(rounds) > 1:
            worker.stop()
        worker.wake()
        raise ConnectionError
    monkeypatch.setattr(worker, "run_due", broken)
    worker.loop()
    assert len(rounds) == 2


def test_the_next_due_time_is_told(house, clock):
    worker = worker_of(house)
    assert worker.next_due() is None
    put(house, due=clock.now() + timedelta(minutes=7))
    assert worker.next_due() == clock.now() + timedelta(minutes=7)
