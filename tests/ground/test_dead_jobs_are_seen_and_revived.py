"""`fuzhen jobs`: what the operator sees of jobs that were given up, and how they live again."""
import json

import pytest
from typer.testing import CliRunner

from app.jobs import MOST_ATTEMPTS, Job, JobKind, JobKinds
from app.jobs.cli import app
from app.kit.ids import uuid7
from app.work import HOUSE, all_of
from app.worker import Worker


def run(house, *words):
    """Exit status and everything that was printed."""
    result = CliRunner().invoke(app, list(words), obj=lambda: house)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def record(work, args, _):
    if args["broken"]:
        raise RuntimeError


@pytest.fixture
def dead(house, clock):
    """Two jobs that were given up, beside one that waits; returns the ids of the dead."""
    worker = Worker(house, JobKinds([JobKind("act", record)]))
    with house.write(HOUSE) as work:
        for name in ("first", "second"):
            work.later("act", {"broken": True, "name": "王建国"}, name)
    for _ in range(MOST_ATTEMPTS):
        worker.run_until_idle()
        clock.forward(minutes=5)
    with house.write(HOUSE) as work:
        work.later("act", {"broken": True}, "waiting")
        return [str(job.id) for job in all_of(work, Job) if job.attempts == MOST_ATTEMPTS]


def attempts(house):
    with house.read(HOUSE) as work:
        return {job.key: job.attempts for job in all_of(work, Job)}


def test_the_list_names_the_dead_and_nobody_else(house, dead):
    status, said = run(house, "list")
    assert status == 0 and "2 dead jobs" in said and "waiting" not in said and "王建国" not in said
    assert all(job_id in said for job_id in dead)
    told = json.loads(run(house, "list", "--json")[1])
    assert told["dead"] == 2
    assert [(job["id"], job["key"], job["attempts"]) for job in told["jobs"]] == [
        (dead[0], "first", MOST_ATTEMPTS), (dead[1], "second", MOST_ATTEMPTS)]


def test_one_is_revived_and_the_other_stays(house, dead):
    assert run(house, "revive", dead[1]) == (0, "1 jobs are tried anew\n")
    assert attempts(house) == {"first": MOST_ATTEMPTS, "second": 0, "waiting": 0}
    assert run(house, "revive", dead[1])[0] == 1


def test_all_are_revived(house, dead):
    assert run(house, "revive", "--all") == (0, "2 jobs are tried anew\n")
    assert set(attempts(house).values()) == {0}
    assert run(house, "revive", "--all") == (0, "0 jobs are tried anew\n")


@pytest.mark.parametrize("words", [(), ("--all", str(uuid7()))])
def test_without_a_clear_choice_nothing_is_revived(house, dead, words):
    assert run(house, "revive", *words)[0] == 2
    assert run(house, "revive", str(uuid7()))[0] == 1
    assert attempts(house)["first"] == MOST_ATTEMPTS


def test_the_command_line_of_the_installation_has_the_commands(tmp_path, monkeypatch):
    from app.cli import app as fuzhen
    for words in (["jobs", "--help"], ["payments", "--help"]):
        result = CliRunner().invoke(fuzhen, words)
        assert result.exit_code == 0 and "list" in result.output
