"""Each kind goes after its whole period and not a day before; a hold wins, and the trail stays provable."""
import io
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from app.identity import api as identity
from app.jobs.table import MOST_ATTEMPTS, dead_letters, revive
from app.kit.states import WrongState
from app.retention import api as retention
from app.retention import commands
from app.retention.problems import HoldWithoutReason, NothingDue, ReportChanged, ReportStale, SamePerson
from app.retention.rules import months_before
from app.storage import ObjectStore
from consult import api as consult
from records import api as records
from tests.cast import finished_visit, waiting_visit
from tests.retention.years import became, carried_out, drawn, left, named, orphans, proof, rows_in, started, years_pass


def talked(scene):
    """A finished visit with a conversation."""
    visit = finished_visit(scene)
    assert left(scene, "chat", visit.id)["message"] > 0
    return visit


@pytest.mark.parametrize(("moment", "months", "then"), [
    ("2026-11-21T02:00", 36, "2023-11-21T02:00"), ("2024-02-29T02:00", 12, "2023-02-28T02:00"),
    ("2026-08-31T02:00", 6, "2026-02-28T02:00"), ("2026-01-15T02:00", 1, "2025-12-15T02:00"),
    ("2026-12-31T02:00", 1, "2026-11-30T02:00"), ("2026-12-05T02:00", 12, "2025-12-05T02:00"),
    ("2026-11-30T17:00", 3, "2026-08-31T17:00")])
def test_months_are_calendar_months_of_the_hospital(moment, months, then):
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert months_before(now, months) == datetime.fromisoformat(then).replace(tzinfo=UTC)


@pytest.mark.parametrize(("years", "kind"), [(3, "chat"), (15, "record")])
def test_one_day_too_young_is_not_named_and_the_day_after_it_is(scene, years, kind):
    visit = talked(scene)
    subject = visit.id if kind == "chat" else visit.patient_id
    years_pass(scene, years, days=-1, of=visit.ended_at)
    scene.clock.forward(hours=12)
    try:
        assert (kind, subject) not in named(scene, drawn(scene))
    except NothingDue:
        pass
    scene.clock.forward(hours=13)
    assert (kind, subject) in named(scene, drawn(scene))


def test_a_talk_goes_after_three_years_and_the_rest_of_the_visit_stays(scene):
    visit = talked(scene)
    before = left(scene, "record", visit.patient_id)
    years_pass(scene, 3, days=1, of=visit.ended_at)
    report = carried_out(scene)
    assert report.state == "done" and became(scene, report, "chat", visit.id) == "erased"
    assert left(scene, "chat", visit.id) == {} and orphans(scene) == {}
    after = left(scene, "record", visit.patient_id)
    assert after == {name: count for name, count in before.items() if name not in ("message", "message_draft")}
    assert proof(scene).faults == []


def test_a_record_goes_after_fifteen_years_whole_and_alone(scene):
    visit = talked(scene)
    others = left(scene, "record", scene.patients["xiaoyu"])
    with scene.sees("wang") as work:
        document = records.documents_of(work, visit.patient_id)[0]
        keys = [page.object_key for page in records.pages_of(work, document.id)]
    objects = scene.house.tools.get(ObjectStore)
    assert objects.get(keys[0], str(visit.patient_id))
    years_pass(scene, 15, days=1, of=visit.ended_at)
    scene.does("house", retention.set_hold, scene.patients["xiaoyu"], "诉讼未结")
    report = carried_out(scene)
    assert became(scene, report, "record", visit.patient_id) == "erased"
    assert left(scene, "record", visit.patient_id) == {} and orphans(scene) == {}
    assert left(scene, "record", scene.patients["xiaoyu"]) == others
    with pytest.raises(FileNotFoundError):
        objects.get(keys[0], str(visit.patient_id))
    assert proof(scene).faults == [], "ids of the trail point to nobody now, and it still fits together"
    assert rows_in(scene, "payment") == 1, "the books stay"


def test_a_new_visit_restarts_the_clock(scene):
    visit = talked(scene)
    years_pass(scene, 14, of=visit.ended_at)
    with scene.by("wang") as work:
        consult.start_triage(work, visit.patient_id, "general")
    years_pass(scene, 2)
    found = named(scene, drawn(scene))
    assert ("chat", visit.id) in found and ("record", visit.patient_id) not in found


def check_of_the_name(work, patient_id):
    work.add(identity.RealnameCheck(patient_id=patient_id, matched=True, method="stand_in", reference="t",
                                    asked_at=work.now, answered_at=work.now))


def sign_in(work, patient_id):
    holder = identity.guardian_of(work, patient_id)[0]
    work.add(identity.SessionToken(token_hash="0" * 64, account_id=holder.id, role="patient", created_at=work.now,
                                   expires_at=work.now))


def upload(work, patient_id):
    picture = io.BytesIO()
    Image.new("RGB", (24, 16)).save(picture, "PNG")
    page = records.store_page(work.tool(ObjectStore), patient_id, picture.getvalue(), "paper.png")
    records.keep_document(work, patient_id, [page], "outpatient_record", "门诊病历")


BACK = {
    "a paper": upload, "a sign-in": sign_in, "a check of the name": check_of_the_name,
    "the history": records.confirm_history,
    "a consent": lambda work, who: [records.give_consent(work, who, form)
                                    for form in records.missing_consents(work, who)],
    "another hospital is asked": lambda work, who: work.add(records.AccessTask(
        patient_id=who, holder_id=work.actor.account_id, kind="partner_record", subject_id=who, opened_at=work.now))}


@pytest.mark.parametrize("way", BACK)
def test_whoever_comes_back_keeps_the_record_also_after_the_confirmation(scene, way):
    wang = scene.patients["wang"]
    years_pass(scene, 15, days=1)
    report = drawn(scene)
    assert ("record", wang) in named(scene, report)
    scene.does("bai", retention.confirm_report, report.id, report.digest)
    scene.does("wang", BACK[way], wang)
    scene.does("house", retention.run_report, report.id)
    scene.run()
    assert became(scene, report, "record", wang) == "spared" and left(scene, "record", wang)
    try:
        assert ("record", wang) not in named(scene, drawn(scene))
    except NothingDue:
        pass


def test_a_visit_that_never_ended_keeps_everything(scene):
    visit = waiting_visit(scene)
    years_pass(scene, 30)
    found = named(scene, drawn(scene))
    assert ("chat", visit.id) not in found and ("record", visit.patient_id) not in found


@pytest.mark.parametrize("when", ["before the report", "after the report", "after the confirmation", "after the start"])
def test_a_hold_wins_whenever_it_comes(scene, when):
    visit = talked(scene)
    years_pass(scene, 15, days=1, of=visit.ended_at)
    before = left(scene, "record", visit.patient_id)
    steps = {
        "report": lambda: made.append(drawn(scene)),
        "confirmation": lambda: scene.does("bai", retention.confirm_report, made[0].id, made[0].digest),
        "start": lambda: scene.does("house", retention.run_report, made[0].id)}
    made: list[retention.RetentionReport] = []

    def hold():
        scene.does("qin", retention.set_hold, visit.patient_id, "患者起诉，待开庭")

    if when == "before the report":
        hold()
    for name, step in steps.items():
        step()
        if when == f"after the {name}":
            hold()
    scene.run()
    assert left(scene, "record", visit.patient_id) == before
    expected = "not named" if when == "before the report" else "spared"
    assert became(scene, made[0], "record", visit.patient_id) == expected
    assert scene.row(retention.RetentionReport, made[0].id).state == "done"


def test_after_a_hold_is_lifted_a_new_report_names_it_again(scene):
    visit = talked(scene)
    hold = scene.does("qin", retention.set_hold, visit.patient_id, "患者起诉")
    years_pass(scene, 3, days=1, of=visit.ended_at)
    scene.does("bai", retention.release_hold, hold.id, "已经结案")
    assert ("chat", visit.id) in named(scene, drawn(scene))
    kept = scene.row(retention.RetentionHold, hold.id)
    assert (kept.set_by, kept.released_by) == (scene.qin.account_id, scene.bai.account_id)
    assert [e.action for e in scene.trail("retention_hold_set", "retention_hold_released")] == [
        "retention_hold_set", "retention_hold_released"]


@pytest.mark.parametrize("reason", ["", "   ", "因为"])
def test_a_hold_says_why(scene, reason):
    with pytest.raises(HoldWithoutReason):
        scene.does("qin", retention.set_hold, scene.patients["wang"], reason)
    assert rows_in(scene, "retention_hold") == 0


# --- two people, and what was shown is what goes ----------------------------------------------------------------


@pytest.fixture
def old(scene):
    """A visit whose talk has passed its period."""
    visit = talked(scene)
    years_pass(scene, 3, days=1, of=visit.ended_at)
    return visit


def test_a_report_deletes_nothing(scene, old):
    before = left(scene, "record", old.patient_id)
    report = drawn(scene)
    scene.run()
    assert left(scene, "record", old.patient_id) == before
    with pytest.raises(WrongState):
        scene.does("house", retention.run_report, report.id)


def test_who_drew_it_does_not_confirm_it(scene, old):
    report = drawn(scene)
    with pytest.raises(SamePerson):
        scene.does("qin", retention.confirm_report, report.id, report.digest)
    assert scene.row(retention.RetentionReport, report.id).state == "drawn"


@pytest.mark.parametrize("who", ["wang", "lin", "ren", "kang"])
def test_only_the_office_touches_it(scene, old, who):
    report = drawn(scene)
    for act, *given in ((retention.draw_report,), (retention.confirm_report, report.id, report.digest),
                        (retention.set_hold, old.patient_id, "just because"), (retention.drop_report, report.id)):
        with pytest.raises(Exception, match="not-allowed|not-your-move"):
            scene.does(who, act, *given)


def test_what_was_read_is_what_is_confirmed(scene, old):
    report = drawn(scene)
    with pytest.raises(ReportChanged):
        scene.does("bai", retention.confirm_report, report.id, "0" * 64)
    with scene.by("house") as work:
        work.session.execute(text("UPDATE retention_item SET subject_id = report_id WHERE kind = 'chat'"))
    with pytest.raises(ReportChanged):
        scene.does("bai", retention.confirm_report, report.id, report.digest)


def test_an_old_list_is_drawn_anew(scene, old):
    report = drawn(scene)
    scene.clock.forward(days=31)
    with pytest.raises(ReportStale):
        scene.does("bai", retention.confirm_report, report.id, report.digest)


def test_what_is_not_named_stays_although_it_is_due_by_now(scene):
    visit, other = talked(scene), finished_visit(scene, "xiaoyu")
    years_pass(scene, 3, days=1, of=visit.ended_at)
    put_end(scene, other, scene.clock.now())
    report = drawn(scene)
    put_end(scene, other, visit.ended_at)
    started(scene, report)
    scene.run()
    assert left(scene, "chat", visit.id) == {} and left(scene, "chat", other.id)["message"] > 0


def put_end(scene, visit, at):
    """Let a visit have ended at another moment."""
    with scene.by("house") as work:
        row = work.get(consult.Visit, visit.id)
        row.ended_at = at
        work.add(row)


# --- a crash, and the hand of a program ---------------------------------------------------------------------------


def test_a_crash_in_the_middle_leaves_it_whole_and_repeatable(scene, old, monkeypatch):
    report = drawn(scene)
    started(scene, report)
    before = left(scene, "chat", old.id)
    real = commands._finish
    monkeypatch.setattr(commands, "_finish", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))
    scene.worker.run_due()
    assert left(scene, "chat", old.id) == before and became(scene, report, "chat", old.id) == "named"
    monkeypatch.setattr(commands, "_finish", real)
    scene.later(minutes=5)
    assert left(scene, "chat", old.id) == {} and scene.row(retention.RetentionReport, report.id).state == "done"


@pytest.mark.parametrize("way", ["revived", "put aside"])
def test_a_report_whose_job_was_given_up_is_not_stuck(scene, old, monkeypatch, way):
    report = drawn(scene)
    started(scene, report)
    monkeypatch.setattr(commands, "_finish", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))
    for _ in range(MOST_ATTEMPTS):
        scene.worker.run_due()
        scene.clock.forward(hours=13)
    monkeypatch.undo()
    scene.run()
    before = left(scene, "chat", old.id)
    assert before and scene.row(retention.RetentionReport, report.id).state == "running"
    if way == "put aside":
        scene.does("bai", retention.drop_report, report.id)
    with scene.by("house") as work:
        assert all([revive(work.session, work.now, one.id) for one in dead_letters(work.session, work.now)])
    scene.run()
    state = scene.row(retention.RetentionReport, report.id).state
    assert (state, left(scene, "chat", old.id)) == (("done", {}) if way == "revived" else ("dropped", before))
    assert way == "revived" or became(scene, carried_out(scene), "chat", old.id) == "erased"


def test_running_it_twice_deletes_once(scene, old):
    report = carried_out(scene)
    with pytest.raises(WrongState):
        scene.does("house", retention.run_report, report.id)
    from app.retention.commands import ERASE, erase

    with scene.sees("house") as work:
        item = retention.items_of(work, report.id)[0]
    count = len(scene.trail("retention_erased"))
    scene.does("house", erase, {"item_id": str(item.id)}, None)
    assert len(scene.trail("retention_erased")) == count and ERASE


@pytest.mark.invariant(8)
def test_without_a_permit_the_database_lets_no_row_go(scene, old):
    for name in ("message", "policy_decision", "prescription", "audit_entry"):
        if rows_in(scene, name):
            with pytest.raises(IntegrityError, match="never changed"), scene.by("house") as work:
                work.session.execute(text(f"DELETE FROM {name}"))


@pytest.mark.invariant(10)
def test_even_with_a_permit_the_trail_keeps_its_rows(scene, old):
    report = drawn(scene)
    with pytest.raises(IntegrityError, match="audit_entry is never changed"), scene.by("house") as work:
        work.session.execute(text(f"UPDATE retention_item SET state = 'erasing' WHERE report_id = "
                                  f"'{report.id.hex if work.house.database.is_sqlite else report.id}'"))
        work.session.execute(text("DELETE FROM audit_entry"))


def test_logs_go_after_six_months_and_those_of_a_held_patient_stay(scene):
    talked(scene)
    with scene.by("house") as work:
        for row in work.session.exec(select(identity.SessionToken)).all():
            row.expires_at = work.now
            work.add(row)
    scene.does("house", retention.set_hold, scene.patients["wang"], "诉讼未结")
    years_pass(scene, 0, days=190)
    carried_out(scene)
    with scene.sees("house") as work:
        kept = {row.account_id for row in work.session.exec(select(identity.SessionToken))}
    assert kept == {scene.wang.account_id} and proof(scene).faults == []
