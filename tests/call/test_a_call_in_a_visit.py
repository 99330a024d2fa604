"""A call of a running visit, from the wish to talk to the hang-up, as people and time make it; on both databases."""

from itertools import product
from uuid import UUID, uuid4

import pytest

from app.kit.ids import uuid7
from app.kit.problems import Invalid, NotFound
from app.work import all_of
from consult import api as consult
from consult.call.models import CallMember, CallSignal
from consult.call.problems import CallElsewhere, CallNotPossible, CallOver
from consult.call.queries import last_heard
from consult.call.rules import DESERTED, RING, Candidate, Description
from consult.visit.rules import SILENCE, may_abandon, silence_of
from tests.cast import Scene, finished_visit, visit_in_progress, waiting_visit
from tests.visit.acts import says, state, together, told

OFFER = Description(type="offer", sdp="v=0")
STRANGERS = ["zhao", "ma", "gao", "he", "ren", "kang", "qin", "bai"]


def lines(scene: Scene, visit: consult.Visit) -> list[str]:
    """What the house says in the talk."""
    with scene.sees("lin") as work:
        return [m.card["zh"] for m in consult.messages(work, visit) if m.kind == "system" and m.card]


def calls(scene: Scene, visit: consult.Visit) -> list[consult.Call]:
    with scene.sees("house") as work:
        return consult.calls_of(work, visit.id)


def seen_by(scene: Scene, who: str, visit: consult.Visit, side: str) -> consult.CallView:
    with scene.sees(who) as work:
        call = consult.latest_call_of(work, visit.id)
        assert call is not None
        return consult.call_view(work, call, side)


def answered(scene: Scene, visit: consult.Visit | None = None) -> tuple[consult.Visit, UUID]:
    """Dr Lin asked by video and Wang answered."""
    visit = visit or visit_in_progress(scene)
    call = scene.does("lin", consult.ask_to_talk, visit.id, "video")
    scene.does("wang", consult.answer_call, call.id)
    return visit, call.id


def entered(scene: Scene, visit: consult.Visit | None = None) -> tuple[consult.Visit, UUID, UUID, UUID]:
    """Both are in the call with a page each and hear each other."""
    visit, call = answered(scene, visit)
    pages = uuid4(), uuid4()
    for who, page in zip(("wang", "lin"), pages, strict=True):
        scene.does(who, consult.enter_call, call, page)
    beat_both(scene, call, *pages)
    return visit, call, *pages


def beat_both(scene: Scene, call: UUID, wang: UUID, lin: UUID) -> None:
    for who, page in (("wang", wang), ("lin", lin)):
        scene.does(who, consult.beat_call, call, page, consult.Beat(flows=True))


def stored(scene: Scene, call: UUID) -> list[CallSignal]:
    with scene.sees("house") as work:
        return all_of(work, CallSignal, CallSignal.call_id == call)


# --- from the wish to the end ---------------------------------------------------------------------------------


def test_a_call_is_kept_with_who_when_kind_and_how_long(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    for _ in range(9):
        scene.clock.forward(seconds=15)
        beat_both(scene, call, wang, lin)
    scene.does("wang", consult.hang_up, call)
    [kept] = calls(scene, visit)
    assert (kept.kind, kept.state, kept.asked_by, kept.ended_by) == ("video", "ended", "doctor", "patient")
    assert kept.connected_seconds == 135 and kept.answered_at is not None
    with scene.sees("house") as work:
        members = all_of(work, CallMember, CallMember.call_id == call)
    assert {m.account_id for m in members} == {scene.wang.account_id, scene.lin.account_id}
    assert lines(scene, visit)[-2:] == ["医生想和您视频通话", "通话结束，通话 2 分 15 秒"]
    assert [e.action for e in scene.trail("CallAsked", "CallAnswered", "CallEnded")] == [
        "CallAsked", "CallAnswered", "CallEnded"]


def test_a_hang_up_never_ends_the_visit(scene: Scene) -> None:
    visit, call = answered(scene)
    scene.does("lin", consult.hang_up, call)
    assert state(scene, visit) == "in_progress"
    assert says(scene, "wang", visit).sender == "patient"
    again = scene.does("wang", consult.ask_to_talk, visit.id, "voice")
    assert (again.state, again.kind, again.asked_by) == ("ringing", "voice", "patient") and again.id != call


@pytest.mark.parametrize(("asks", "hears", "words"), [
    ("lin", "wang", "医生想和您通话，请回到对话"), ("wang", "lin", "有患者想和您通话")])
def test_whoever_is_called_is_told_also_on_another_page(scene: Scene, asks: str, hears: str, words: str) -> None:
    visit = visit_in_progress(scene)
    scene.does(asks, consult.ask_to_talk, visit.id, "voice")
    scene.run()
    assert told(scene, hears)[0] == words and words not in told(scene, asks)


def test_both_asking_at_the_same_moment_are_in_one_call(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    together(scene, *((who, lambda work: consult.ask_to_talk(work, visit.id, "video")) for who in ("wang", "lin")))
    [call] = calls(scene, visit)
    assert call.state == "talking"


def test_asking_twice_is_asking_once(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    first = scene.does("lin", consult.ask_to_talk, visit.id, "voice")
    second = scene.does("lin", consult.ask_to_talk, visit.id, "video")
    assert (second.id, second.state, second.kind) == (first.id, "ringing", "video")


def test_nobody_answers_and_the_ring_ends(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    call = scene.does("lin", consult.ask_to_talk, visit.id, "video")
    scene.later(seconds=RING.total_seconds())
    assert scene.row(consult.Call, call.id).state == "missed"
    assert lines(scene, visit)[-1] == "通话没有人接听，可以接着打字"
    with pytest.raises(CallOver):
        scene.does("wang", consult.answer_call, call.id)


def test_not_now_is_told_kindly(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    call = scene.does("lin", consult.ask_to_talk, visit.id, "video")
    scene.does("wang", consult.decline_call, call.id)
    assert lines(scene, visit)[-1] == "对方现在不方便通话，可以接着打字" and state(scene, visit) == "in_progress"


def test_a_call_that_everybody_left_ends_by_itself(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    scene.does("wang", consult.leave_call, call, wang)
    scene.does("lin", consult.leave_call, call, lin)
    scene.later(seconds=DESERTED.total_seconds())
    scene.later(seconds=DESERTED.total_seconds())
    assert scene.row(consult.Call, call).state == "ended" and state(scene, visit) == "in_progress"


def test_a_call_in_which_somebody_is_goes_on(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    for _ in range(14):
        beat_both(scene, call, wang, lin)
        scene.later(seconds=10)
    assert scene.row(consult.Call, call).state == "talking"


# --- the visit around it --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [waiting_visit, finished_visit])
def test_only_a_running_visit_takes_calls(scene: Scene, stage) -> None:
    visit = stage(scene)
    with pytest.raises(CallNotPossible):
        scene.does("wang", consult.ask_to_talk, visit.id, "video")
    assert calls(scene, visit) == []


def test_the_end_of_the_visit_ends_its_call(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    scene.does("lin", consult.refer_visit, visit.id, "请当面检查", "人民医院")
    assert scene.row(consult.Call, call).state == "ended"
    for act, args in ((consult.pass_signal, (wang, lin, OFFER)), (consult.beat_call, (wang, consult.Beat())),
                      (consult.enter_call, (uuid4(),)), (consult.hang_up, ()), (consult.answer_call, ())):
        with pytest.raises((CallOver, CallNotPossible)):
            scene.does("wang", act, call, *args)


def test_who_is_talking_is_not_silent(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit, "我们通话说")
    scene.clock.forward(seconds=SILENCE.total_seconds() - 5)
    _, call, wang, lin = entered(scene, visit)
    for _ in range(2):
        scene.clock.forward(seconds=10)
        beat_both(scene, call, wang, lin)
        assert not left(scene, visit)
    scene.does("wang", consult.hang_up, call)
    scene.clock.forward(seconds=SILENCE.total_seconds())
    assert not left(scene, visit), "both spoke to the end of the call: what follows from it is the doctor's to say"
    says(scene, "lin", visit, "还有一句")
    assert not left(scene, visit)
    scene.clock.forward(seconds=SILENCE.total_seconds())
    assert left(scene, visit)


def test_after_a_call_the_doctor_owes_the_next_word_and_the_fee_is_not_the_patients_risk(scene: Scene) -> None:
    """Silence after a call ended by anybody ends the visit as unanswered, with the money back."""
    moment = scene.clock.now()
    assert silence_of(moment, moment, moment).of == "doctor"
    assert not may_abandon(moment, moment, moment + SILENCE)


def test_a_doctor_who_vanished_is_not_heard_as_long_as_the_patient_waits(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    beat_both(scene, call, wang, lin)
    scene.clock.forward(seconds=10)
    beat_both(scene, call, wang, lin)
    heard = scene.clock.now()
    for _ in range(12):
        scene.clock.forward(seconds=10)
        scene.does("wang", consult.beat_call, call, wang, consult.Beat(flows=True))
    scene.does("wang", consult.hang_up, call)
    with scene.sees("wang") as work:
        assert last_heard(work, work.get(consult.Visit, visit.id), "doctor") == heard


def left(scene: Scene, visit: consult.Visit) -> bool:
    with scene.sees("lin") as work:
        return consult.patient_left(work, work.get(consult.Visit, visit.id))


# --- who may --------------------------------------------------------------------------------------------------


@pytest.mark.invariant(13)
def test_nobody_else_asks_answers_enters_or_hears_a_word(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    before = calls(scene, visit)[0].model_dump()
    acts = (lambda w: consult.ask_to_talk(w, visit.id, "video"), lambda w: consult.answer_call(w, call),
            lambda w: consult.decline_call(w, call), lambda w: consult.hang_up(w, call),
            lambda w: consult.enter_call(w, call, uuid4()), lambda w: consult.leave_call(w, call, wang),
            lambda w: consult.beat_call(w, call, lin, consult.Beat()),
            lambda w: consult.pass_signal(w, call, lin, wang, OFFER))
    for who, act in product(STRANGERS, acts):
        with pytest.raises(NotFound), scene.by(who) as work:
            act(work)
    assert calls(scene, visit)[0].model_dump() == before and stored(scene, call) == []


def test_an_id_that_is_no_call_is_not_found(scene: Scene) -> None:
    visit, _ = answered(scene)
    for guess in (uuid4(), visit.id):
        with pytest.raises(NotFound):
            scene.does("wang", consult.answer_call, guess)


def test_the_id_of_a_call_is_random_in_full(scene: Scene) -> None:
    _, call = answered(scene)
    assert call.version == 4 and uuid7().version == 7


def test_a_kind_that_does_not_exist_is_refused(scene: Scene) -> None:
    with pytest.raises(Invalid):
        scene.does("lin", consult.ask_to_talk, visit_in_progress(scene).id, "hologram")


def test_somebody_who_never_entered_signals_nothing(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    call = scene.does("lin", consult.ask_to_talk, visit.id, "video")
    for act, args in ((consult.pass_signal, (uuid4(), uuid4(), OFFER)), (consult.beat_call, (uuid4(), consult.Beat())),
                      (consult.leave_call, (uuid4(),))):
        with pytest.raises(CallElsewhere):
            scene.does("wang", act, call.id, *args)


# --- signals --------------------------------------------------------------------------------------------------


def test_signals_wait_for_a_page_that_lost_its_line(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    scene.does("wang", consult.leave_call, call, wang)
    for n in range(3):
        scene.does("lin", consult.pass_signal, call, lin, wang, Candidate(candidate=f"candidate:{n}"))
    scene.does("wang", consult.enter_call, call, wang)
    with scene.sees("wang") as work:
        heard = consult.signals_for(work, call, wang, 1)
    assert [(s.seq, s.body["cand"]["candidate"]) for s in heard] == [(2, "candidate:1"), (3, "candidate:2")]
    scene.does("wang", consult.beat_call, call, wang, consult.Beat(), 2)
    assert [s.seq for s in stored(scene, call)] == [3], "what was heard is forgotten"


def test_a_new_page_hears_nothing_that_was_meant_for_the_old_one(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    scene.does("lin", consult.pass_signal, call, lin, wang, OFFER)
    scene.does("wang", consult.pass_signal, call, wang, lin, OFFER)
    scene.does("wang", consult.enter_call, call, uuid4())
    assert stored(scene, call) == []
    scene.does("lin", consult.pass_signal, call, lin, wang, OFFER)
    assert stored(scene, call) == [], "a late one is void"


def test_network_addresses_are_forgotten_with_the_call(scene: Scene) -> None:
    _, call, wang, lin = entered(scene)
    scene.does("lin", consult.pass_signal, call, lin, wang, OFFER)
    assert len(stored(scene, call)) == 1
    scene.does("wang", consult.hang_up, call)
    assert stored(scene, call) == []


# --- what each side sees --------------------------------------------------------------------------------------


def test_each_side_sees_where_the_other_is(scene: Scene) -> None:
    visit, call, wang, lin = entered(scene)
    mine = seen_by(scene, "wang", visit, "patient")
    [doctor] = mine.others
    assert (mine.page, doctor.page, doctor.side, doctor.status) == (wang, lin, "doctor", "here")
    scene.does("lin", consult.leave_call, call, lin)
    assert seen_by(scene, "wang", visit, "patient").others[0].status == "reconnecting"
    scene.clock.forward(minutes=1)
    assert seen_by(scene, "wang", visit, "patient").others[0].status == "offline"


def test_exactly_one_side_is_polite(scene: Scene) -> None:
    visit, *_ = entered(scene)
    both = [seen_by(scene, who, visit, side).others[0].polite for who, side in (("wang", "patient"), ("lin", "doctor"))]
    assert sorted(both) == [False, True]


def test_seconds_run_on_the_server(scene: Scene) -> None:
    visit, *_ = entered(scene)
    scene.clock.forward(seconds=9)
    told = seen_by(scene, "lin", visit, "doctor")
    assert (told.seconds, told.running) == (9, True)
