"""Invariant 15: no name, number or word of a patient stands in a log line, whatever fails."""
import io
import logging
from collections.abc import Iterator
from typing import Annotated

import pytest
import yaml
from fastapi import APIRouter
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.jobs import JobKind, JobKinds
from app.kit.logs import FORMAT, DiscreetFormatter, quieten, start_logging
from app.work import HOUSE
from app.worker import Worker
from web.demo.cast import FILE
from web.door import ANYONE, Door, Gate, GuardedRoute
from web.site import build_site

ID_NUMBER = "110105194912310021"
WORDS = "我胸口疼三天了"
PEOPLE = yaml.safe_load(FILE.read_text("utf-8"))["patients"].values()
PERSONAL = [ID_NUMBER, WORDS, *(one["phone"] for one in PEOPLE), *(p["name"] for one in PEOPLE for p in one["people"])]
WANG = {"name": "王建国", "phone": "13800000001", "id_number": ID_NUMBER, "words": WORDS}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that this process logs, in the form in which the server writes it; the worker speaks at length."""
    sink, root, worker = io.StringIO(), logging.getLogger(), logging.getLogger("fuzhen.worker")
    handler, levels = logging.StreamHandler(sink), (root.level, worker.level)
    handler.setFormatter(DiscreetFormatter(FORMAT))
    quieten()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    worker.setLevel(logging.DEBUG)
    yield sink
    root.removeHandler(handler)
    root.setLevel(levels[0])
    worker.setLevel(levels[1])


def assert_discreet(sink: io.StringIO) -> str:
    """Something was logged, and it names nobody."""
    said = sink.getvalue()
    assert said and [one for one in PERSONAL if one in said] == []
    return said


def fail(house, **known):
    """What a defect looks like: its text quotes what it was working on."""
    raise ValueError(f"cannot understand {known}")


def quote_a_row(house):
    """A row that the database refuses and quotes in its error (PostgreSQL: "Failing row contains …")."""
    with house.write(HOUSE) as work:
        work.session.execute(text(
            "INSERT INTO patient (id, name, birth_date, sex, id_number_sealed, id_number_index, created_at) VALUES "
            "('0192f0c4b7a07c3e8a53f0d1c2b3a495', '王建国', NULL, 'male', '110105194912310021', '13800000001', "
            "'2026-11-21 02:00:00+00:00')"))


@pytest.mark.invariant(15)
@pytest.mark.parametrize("what", ["effect", "record", "database"])
def test_a_failing_job_names_nobody(house, written, what):
    def act(*_):
        quote_a_row(house) if what == "database" else fail(house, **WANG)
    kind = JobKind("act", act) if what == "record" else JobKind("act", lambda *_: None, effect=act)
    with house.write(HOUSE) as work:
        work.later("act", WANG, "k")
    Worker(house, JobKinds([kind])).run_due()
    said = assert_discreet(written)
    assert "job act" in said and "attempt 1 failed" in said
    assert "test_the_log_knows_nobody.py" in said      # where it happened is told


@pytest.mark.invariant(15)
def test_a_defect_behind_a_page_names_nobody(house, worker, settings, written):
    site, router = build_site(house, worker, settings), APIRouter(route_class=GuardedRoute)

    @router.get("/broken/{name}")
    def broken(door: Annotated[Door, Gate(ANYONE)], name: str) -> None:
        fail(house, **WANG)

    @router.get("/refused")
    def refused(door: Annotated[Door, Gate(ANYONE)]) -> None:
        quote_a_row(house)

    site.include_router(router)
    client = TestClient(site, raise_server_exceptions=False, headers={"accept": "application/json"})
    for address in ("/broken/wang", "/refused"):
        answer = client.get(address)
        assert answer.status_code == 500 and [one for one in PERSONAL if one in answer.text] == []
    said = assert_discreet(written)
    assert said.count("defect") == 2 and "ValueError" in said


@pytest.mark.invariant(15)
def test_what_people_send_is_not_logged(house, worker, settings, written):
    client = TestClient(build_site(house, worker, settings), raise_server_exceptions=False)
    logging.getLogger("fuzhen").info("begin")
    for body in (WANG, {"phone": WANG["phone"]}, {"login": WANG["phone"], "password": WORDS}, [WANG], WORDS):
        for address in ("/api/v1/accounts", "/api/v1/sessions", "/api/v1/codes", "/api/v1/patients"):
            assert client.post(address, json=body).status_code < 500
    assert client.get(f"/search?q={WORDS}&phone={WANG['phone']}").status_code == 404
    assert_discreet(written)


def raised(chain):
    """An exception with its traceback and causes."""
    try:
        chain()
    except Exception as error:
        return type(error), error, error.__traceback__


def chained():
    try:
        fail(None, **WANG)
    except ValueError as error:
        raise KeyError(WORDS) from error


def hidden():
    try:
        fail(None, **WANG)
    except ValueError:
        raise KeyError(WORDS) from None


def test_a_traceback_tells_places_and_kinds_of_the_whole_chain():
    said = DiscreetFormatter().formatException(raised(chained))
    assert said.index("builtins.ValueError") < said.index("builtins.KeyError") and "in chained" in said
    assert WORDS not in said and ID_NUMBER not in said


def test_a_hidden_cause_stays_hidden():
    assert "ValueError" not in DiscreetFormatter().formatException(raised(hidden))


def test_the_process_logs_in_the_discreet_form():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    root.handlers = []
    try:
        start_logging()
        assert [type(handler.formatter) for handler in root.handlers] == [DiscreetFormatter]
        assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    finally:
        root.handlers, root.level = before, level
