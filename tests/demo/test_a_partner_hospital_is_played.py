"""The stand-in of a partner hospital: a patient asks, the record comes through the partners' API, one can watch it."""
from app.identity import api as identity
from app.work import HOUSE, all_of
from records import api as records
from tests.demo.running import Demo
from web.demo.client import until
from web.demo.partner import partner_of, record_for


def pieces(demo: Demo, name: str) -> list[records.Evidence]:
    """What Renmin has sent about somebody."""
    with demo.house.read(HOUSE) as work:
        place = partner_of(work, "renmin").id
        return [one for one in all_of(work, records.Evidence, records.Evidence.institution_id == place)
                if identity.patient(work, one.patient_id).name == name]


def looks(demo: Demo) -> int:
    """How often its program was told who asked."""
    with demo.house.read(HOUSE) as work:
        return len(all_of(work, records.HandOver, records.HandOver.purpose == "fetch_record"))


def test_a_patient_asks_and_the_record_comes_in(demo: Demo) -> None:
    zhao, browser = demo.person("zhao"), demo.browser()
    patient = zhao.get("/patients")[0]["id"]
    with demo.house.read(HOUSE) as work:
        place = str(partner_of(work, "renmin").id)
    assert pieces(demo, "赵磊") == [] and "还没有人请它" in browser.get("/demo/partner").text
    demo.troupe.switch("partner", True)
    until(lambda: demo.troupe.states()["partner"][1] == "waiting")
    zhao.post(f"/patients/{patient}/record-requests", {"institution_id": place})
    until(lambda: pieces(demo, "赵磊"))
    [piece] = pieces(demo, "赵磊")
    assert (piece.origin, piece.diagnosis_code, piece.state) == ("partner", "I10", "accepted")
    page = browser.get("/demo/partner").text
    assert page.count("赵磊") == 2 and "替身" in page and "FHIR 病历" in page
    until(lambda: demo.troupe.states()["partner"][1] == "waiting")
    demo.troupe.switch("partner", False)
    demo.troupe.switch("partner", True)
    until(lambda: demo.troupe.states()["partner"][1] == "waiting")
    assert len(pieces(demo, "赵磊")) == 1 and looks(demo) == 1, "the same asking brings the same bytes"
    demo.troupe.switch("partner", False)


def test_a_program_that_somebody_else_connects_takes_its_place(demo: Demo) -> None:
    demo.troupe.switch("partner", True)
    until(lambda: demo.troupe.states()["partner"][1] == "waiting")
    [player] = demo.troupe._playing["partner"]
    with demo.house.write(HOUSE) as work:
        key = identity.issue_partner_key(work, partner_of(work, "renmin").id)
    zhao = demo.person("zhao")
    with demo.house.read(HOUSE) as work:
        place = str(partner_of(work, "renmin").id)
    zhao.post(f"/patients/{zhao.get('/patients')[0]['id']}/record-requests", {"institution_id": place})
    player.join(20)
    assert demo.troupe.states()["partner"][1] == "trouble" and pieces(demo, "赵磊") == []
    zhao.token = key
    assert [one["name"] for one in zhao.get("/partner/requests")] == ["赵磊"], "the key of the other one is untouched"


def test_nobody_becomes_a_program(demo: Demo) -> None:
    browser = demo.browser()
    assert browser.become("renmin").status_code == 404
    assert "renmin" not in browser.get("/demo/cast.json").text
    assert "程序，不能登录" in browser.get("/demo").text


def test_the_same_asking_gives_the_same_bytes_and_a_child_an_illness_of_children() -> None:
    asked = {"name": "马小雨", "id_number": "120103202206189124", "opened_at": "2026-11-22T02:00:00+00:00"}
    assert record_for(asked) == record_for(dict(asked)) and b"J45.9" in record_for(asked)
    assert b"J45.9" in record_for({**asked, "name": "甲"})
    assert b"I10" in record_for({**asked, "name": "甲", "id_number": "120103198511239151"})
