"""A call is recorded when everybody agreed; its files stand in a chain that shows every change, for three years."""
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.kit.problems import NotFound
from app.retention.problems import NothingDue
from app.settings import Settings
from app.storage import Streams
from app.work import all_of
from consult import api as consult
from consult.call.problems import CallElsewhere, CallOver
from consult.call.recording.commands import begin_leg, end_forgotten_legs, end_leg, keep_segment, leg_runs, lose_legs
from consult.call.recording.models import RecordingAnswer, RecordingLeg, RecordingSegment
from consult.call.recording.problems import NotRecorded, RecordingUnreadable
from consult.call.recording.queries import should_run
from consult.call.recording.verify import verify_recordings
from records import api as records
from tests.call.test_a_call_in_a_visit import entered
from tests.cast import NOTE, Scene, diagnosed, visit_in_progress
from tests.retention.years import became, carried_out, drawn, rows_in, years_pass

PROCESS = uuid4()
WORDS = [b"head", b"one cluster", b"another cluster"]


def agree(scene: Scene, call: UUID, *who: str) -> None:
    for one in who or ("wang", "lin"):
        scene.does(one, consult.answer_recording, call, True)


def recording(scene: Scene, call: UUID, who: str = "wang") -> consult.RecordingView:
    with scene.sees(who) as work:
        return consult.call_view(work, work.get(consult.Call, call), work.actor.role).recording


def leg_of(scene: Scene, call: UUID, page: UUID, who: str = "wang") -> RecordingLeg:
    return scene.does(who, begin_leg, call, page, PROCESS)


def written(scene: Scene, leg: RecordingLeg, number: int = 1, recovered: bool = False,
            words: Any = WORDS) -> dict[str, Any]:
    """A file with its first name, as the media process would have written and told it."""
    streams = scene.house.tools.get(Streams)
    owner = scene.row(consult.Visit, leg.visit_id).patient_id
    at_ms = int(scene.clock.now().timestamp() * 1000)
    writer = streams.create(f"{owner}/{leg.id}/{number}/{at_ms}/av")
    for count, part in enumerate(words, 1):
        writer.append(part, (count * 10, count * 50, count * 1000))
    done = writer.close()
    return {"told": "segment", "leg": str(leg.id), "owner": str(owner), "number": number, "at_ms": at_ms,
            "ms": done.marks[2], "kinds": "av", "video": done.marks[0], "audio": done.marks[1], "key": done.key,
            "sha256": done.sha256, "size": done.size, "recovered": recovered}


def kept(scene: Scene, leg: RecordingLeg, number: int = 1, recovered: bool = False, words: Any = WORDS) -> Any:
    """A file that was told and written down."""
    told = written(scene, leg, number, recovered, words)
    made = scene.does("house", keep_segment, told)
    if made is not None:
        scene.house.tools.get(Streams).settle(told["key"])
    return made, told


def proof(scene: Scene) -> Any:
    with Session(scene.house.database.reader) as session:
        return verify_recordings(session, scene.house.tools.get(Streams))


def recorded(scene: Scene, count: int = 2) -> tuple[consult.Visit, list[RecordingSegment]]:
    """A call of which both sides' copies were kept, in `count` files."""
    visit, call, wang, lin = entered(scene)
    agree(scene, call)
    legs = [leg_of(scene, call, wang), leg_of(scene, call, lin, "lin")]
    return visit, [kept(scene, legs[n % 2], n // 2 + 1)[0] for n in range(count)]


# --- agreement --------------------------------------------------------------------------------------------------


def test_nothing_is_recorded_until_everybody_has_agreed(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    assert recording(scene, call) == consult.RecordingView("asking", None, None)
    with pytest.raises(NotRecorded) as refused:
        leg_of(scene, call, wang)
    assert refused.value.facts["why"] == "asking"
    agree(scene, call, "wang")
    assert recording(scene, call).state == "asking" and recording(scene, call).mine is True
    with pytest.raises(NotRecorded):
        leg_of(scene, call, wang)
    agree(scene, call, "lin")
    assert recording(scene, call, "lin") == consult.RecordingView("agreed", True, None)
    leg = leg_of(scene, call, wang)
    assert recording(scene, call).leg == leg.id and recording(scene, call, "lin").leg is None


def test_the_agreement_of_a_patient_is_a_consent_to_a_text_and_ends_with_it(scene: Scene) -> None:
    visit, call, wang, _ = entered(scene)
    agree(scene, call)
    with scene.sees("wang") as work:
        given = records.consents_of(work, visit.patient_id, visit.id)["call_recording"]
        assert given.visit_id == visit.id and given.sha256 == records.form_named("call_recording").sha256
    leg = leg_of(scene, call, wang)
    scene.does("wang", records.withdraw_consent, visit.patient_id, "call_recording")
    assert recording(scene, call).state == "asking"
    with scene.sees("house") as work:
        assert not should_run(work, leg)


@pytest.mark.parametrize("who", ["wang", "lin"])
def test_one_no_stops_the_recording_and_the_call_goes_on(scene: Scene, who: str) -> None:
    visit, call, wang, _ = entered(scene)
    agree(scene, call)
    leg = leg_of(scene, call, wang)
    with scene.sees("house") as work:
        assert should_run(work, leg)
    scene.does(who, consult.answer_recording, call, False)
    with scene.sees("house") as work:
        assert not should_run(work, leg)
        [said] = all_of(work, RecordingAnswer, RecordingAnswer.visit_id == visit.id,
                        RecordingAnswer.account_id == scene.people[who].account_id)
    assert recording(scene, call).state == "refused" and said.agreed is False
    assert scene.row(consult.Call, call).state == "talking"
    scene.does(who, consult.answer_recording, call, True)
    assert recording(scene, call).state == "agreed"


def test_a_text_that_has_changed_meanwhile_is_not_agreed_to(scene: Scene) -> None:
    _, call, _, _ = entered(scene)
    for who in ("wang", "lin"):
        with pytest.raises(records.FormChanged):
            scene.does(who, consult.answer_recording, call, True, "0" * 64)
    assert recording(scene, call).mine is None


def test_an_answer_holds_for_the_next_call_of_the_visit(scene: Scene) -> None:
    visit, call, _, _ = entered(scene)
    agree(scene, call)
    scene.does("wang", consult.hang_up, call)
    assert recording(scene, call).state == "off"
    _, again, _, _ = entered(scene, visit)
    assert recording(scene, again).state == "agreed"


def test_a_house_that_records_nothing_says_so(scene: Scene) -> None:
    scene.house.tools.get(Settings).recording = "off"
    _, call, wang, _ = entered(scene)
    assert recording(scene, call) == consult.RecordingView("off", None, None)
    for act in (lambda: agree(scene, call), lambda: leg_of(scene, call, wang)):
        with pytest.raises(NotRecorded) as refused:
            act()
        assert refused.value.facts["why"] == "off"


@pytest.mark.parametrize("who", ["zhao", "ma", "gao", "ren", "kang", "qin", "bai"])
def test_strangers_agree_to_nothing_and_send_nothing(scene: Scene, who: str) -> None:
    _, call, wang, _ = entered(scene)
    agree(scene, call)
    for act in (lambda: scene.does(who, consult.answer_recording, call, False),
                lambda: scene.does(who, begin_leg, call, wang, PROCESS)):
        with pytest.raises(NotFound):
            act()


# --- legs -------------------------------------------------------------------------------------------------------


def test_only_the_page_that_has_the_call_sends_a_copy(scene: Scene) -> None:
    _, call, _, lin = entered(scene)
    agree(scene, call)
    for page in (uuid4(), lin):
        with pytest.raises(CallElsewhere):
            leg_of(scene, call, page)


def test_a_new_leg_of_a_page_ends_the_one_before(scene: Scene) -> None:
    _, call, wang, _ = entered(scene)
    agree(scene, call)
    first, second = leg_of(scene, call, wang), leg_of(scene, call, wang)
    assert [scene.row(RecordingLeg, leg.id).state for leg in (first, second)] == ["over", "opening"]
    with scene.sees("house") as work:
        assert [should_run(work, work.get(RecordingLeg, leg.id)) for leg in (first, second)] == [False, True]


def test_it_is_told_as_running_only_while_every_copy_arrives(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    agree(scene, call)
    legs = [leg_of(scene, call, wang), leg_of(scene, call, lin, "lin")]
    seen = []
    for leg, runs in ((0, True), (1, True), (1, True), (0, False), (0, True)):
        scene.does("house", leg_runs, legs[leg].id, runs)
        seen.append(recording(scene, call).state)
    assert seen == ["agreed", "running", "running", "agreed", "running"]


def test_legs_are_lost_with_their_process_and_a_new_one_may_begin(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    agree(scene, call)
    mine, other = leg_of(scene, call, wang), scene.does("lin", begin_leg, call, lin, uuid4())
    assert scene.does("house", lose_legs, PROCESS) == 1
    assert [scene.row(RecordingLeg, leg.id).state for leg in (mine, other)] == ["lost", "opening"]
    assert recording(scene, call).leg is None and leg_of(scene, call, wang).state == "opening"


def test_legs_of_calls_that_are_over_are_ended_at_the_next_start(scene: Scene) -> None:
    _, call, wang, _ = entered(scene)
    agree(scene, call)
    leg = leg_of(scene, call, wang)
    scene.does("lin", consult.hang_up, call)
    with pytest.raises(CallOver):
        leg_of(scene, call, wang)
    assert scene.does("house", end_forgotten_legs) == 1 and scene.does("house", end_forgotten_legs) == 0
    scene.does("house", end_leg, leg.id, 7)
    after = scene.row(RecordingLeg, leg.id)
    assert (after.state, after.lost_packets) == ("over", 7)


# --- files and their proof --------------------------------------------------------------------------------------


def test_files_stand_in_one_chain_and_are_written_down_once(scene: Scene) -> None:
    visit, files = recorded(scene, 4)
    assert [one.seq for one in files] == [1, 2, 3, 4] and [one.side for one in files[:2]] == ["patient", "doctor"]
    assert [one.previous for one in files[1:]] == [one.link for one in files[:-1]]
    leg = scene.row(RecordingLeg, files[0].leg_id)
    again = kept(scene, leg, 1)[0]
    assert again.id == files[0].id
    found = proof(scene)
    assert found.ok and (found.segments, found.whole) == (4, 4)


def test_a_file_of_a_leg_that_nobody_knows_is_not_written_down(scene: Scene) -> None:
    visit, files = recorded(scene, 1)
    told = kept(scene, scene.row(RecordingLeg, files[0].leg_id), 2)[1]
    assert scene.does("house", keep_segment, told | {"leg": str(uuid4())}) is None


def test_a_file_that_comes_after_a_crash_is_kept_as_recovered(scene: Scene) -> None:
    visit, call, wang, _ = entered(scene)
    agree(scene, call)
    leg = leg_of(scene, call, wang)
    scene.does("house", lose_legs, PROCESS)
    scene.does("lin", consult.hang_up, call)
    segment = kept(scene, leg, recovered=True)[0]
    assert segment.recovered and segment.ended_at - segment.started_at == timedelta(seconds=3) and proof(scene).ok


def changed(scene: Scene, statement: str, **values: Any) -> None:
    """Somebody who owns the database takes the triggers away and changes a row."""
    with scene.house.database.writer.begin() as connection:
        dialect = connection.dialect.name
        for act in ("update", "delete"):
            name = f"recording_segment_kept_{act}"
            connection.execute(text(f"DROP TRIGGER {name}" + (" ON recording_segment" if dialect != "sqlite" else "")))
        connection.execute(text(statement), values)


@pytest.mark.parametrize("statement, fault", [
    ("UPDATE recording_segment SET video_packets = 1 WHERE seq = 2", "its row was changed"),
    ("UPDATE recording_segment SET previous = link WHERE seq = 3", "its row was changed"),
    ("DELETE FROM recording_segment WHERE seq = 2", "is gone (next is 3)"),
    ("DELETE FROM recording_segment WHERE seq = 3", "the trail knows another one, or it is gone"),
    ("DELETE FROM recording_segment", "the trail knows another one, or it is gone"),
])
def test_a_row_that_was_changed_or_dropped_is_found(scene: Scene, statement: str, fault: str) -> None:
    recorded(scene, 3)
    changed(scene, statement)
    assert any(fault in one for one in proof(scene).faults)


@pytest.mark.parametrize("harm, fault", [
    (lambda path: path.unlink(), "its file is gone"),
    (lambda path: path.write_bytes(path.read_bytes()[:-30]), "changed or cut off"),
    (lambda path: path.write_bytes(path.read_bytes()[:-50] + b"x" + path.read_bytes()[-49:]), "changed or cut off"),
])
def test_a_file_that_was_changed_cut_or_removed_is_found_and_not_played(scene: Scene, harm: Any, fault: str) -> None:
    visit, files = recorded(scene, 2)
    [path] = scene.house.tools.get(Streams).folder.rglob(files[1].object_key)
    harm(path)
    found = proof(scene)
    assert found.whole == 1 and any(fault in one and "recording 2" in one for one in found.faults)


def test_a_file_that_took_the_place_of_another_is_found(scene: Scene) -> None:
    _, files = recorded(scene, 2)
    folder = scene.house.tools.get(Streams).folder
    one, other = (next(folder.rglob(file.object_key)) for file in files)
    other.write_bytes(one.read_bytes())
    assert proof(scene).whole == 1


def test_rows_of_files_are_never_changed(scene: Scene) -> None:
    _, files = recorded(scene, 1)
    for statement in ("UPDATE recording_segment SET size = 0", "DELETE FROM recording_segment"):
        with pytest.raises(Exception, match="never changed"), scene.house.database.writer.begin() as connection:
            connection.execute(text(statement))


# --- playing ----------------------------------------------------------------------------------------------------


def test_the_patient_and_the_doctor_play_it_and_every_look_is_in_the_trail(scene: Scene) -> None:
    visit, files = recorded(scene, 2)
    for who in ("wang", "lin"):
        with scene.sees(who) as work:
            lines = consult.recordings_of(work, visit.id)
            played = consult.playback(work, visit.id, files[0].id)
        assert [line.side for line in lines] == ["patient", "doctor"]
        assert b"".join(played.read(0, played.size)) == b"".join(WORDS)
        assert b"".join(played.read(2, 9)) == b"".join(WORDS)[2:9]
        looked = [e.ground for e in scene.trail("read:recording") if e.actor_id == scene.people[who].account_id]
        assert looked == ["own" if who == "wang" else "treats"] * 2


@pytest.mark.parametrize("who", ["zhao", "ma", "gao", "ren", "kang", "qin", "bai"])
def test_nobody_else_plays_it_and_the_attempt_is_kept(scene: Scene, who: str) -> None:
    visit, files = recorded(scene, 1)
    for act in (lambda work: consult.recordings_of(work, visit.id),
                lambda work: consult.playback(work, visit.id, files[0].id)):
        with pytest.raises(records.RecordClosed), scene.sees(who) as work:
            act(work)


def test_a_file_is_played_only_under_its_own_visit(scene: Scene) -> None:
    visit, files = recorded(scene, 1)
    other = visit_in_progress(scene, "xiaoyu")
    with pytest.raises(NotFound), scene.sees("ma") as work:
        consult.playback(work, other.id, files[0].id)


def test_a_file_without_its_head_is_told_as_unreadable(scene: Scene) -> None:
    visit, files = recorded(scene, 1)
    [path] = scene.house.tools.get(Streams).folder.rglob(files[0].object_key)
    path.write_bytes(b"")
    with pytest.raises(RecordingUnreadable), scene.sees("wang") as work:
        consult.playback(work, visit.id, files[0].id)


# --- three years ------------------------------------------------------------------------------------------------


def test_after_three_years_the_files_and_rows_go_and_the_proof_still_holds(scene: Scene) -> None:
    visit = diagnosed(scene)
    _, call, wang, _ = entered(scene, visit)
    agree(scene, call)
    kept(scene, leg_of(scene, call, wang))
    with scene.by("lin") as work:
        consult.write_note(work, visit.id, **NOTE, next_visit_on=None)
        consult.finish_visit(work, visit.id)
    scene.run()
    folder, before = scene.house.tools.get(Streams).folder, proof(scene)
    years_pass(scene, 3, days=-1, of=scene.row(consult.Visit, visit.id).ended_at)
    with pytest.raises(NothingDue):
        drawn(scene)
    years_pass(scene, 3, days=1, of=scene.row(consult.Visit, visit.id).ended_at)
    report = carried_out(scene)
    assert became(scene, report, "recording", visit.id) == "erased"
    assert before.whole == 1 and proof(scene).ok and proof(scene).segments == 0
    assert not [path for path in folder.rglob("*") if path.is_file() and path.read_bytes().startswith(b"FZS1")]
    assert rows_in(scene, "recording_leg") == 0 and rows_in(scene, "recording_answer") == 2
