"""What the patient takes home: found, medicines, advice, danger signs, next date; in plain words."""
from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.kit.clock import local_date
from app.kit.problems import NotFound
from app.kit.text import Text
from consult import api as consult
from records import api as records
from tests.cast import NOTE, Scene, diagnosed, finished_visit, judged, visit_in_progress, waiting_visit
from tests.visit.acts import says
from web.api import visits as api


def summary(scene: Scene, visit: consult.Visit, who: str = "wang") -> consult.VisitSummary:
    with scene.sees(who) as work:
        return consult.summary_of(work, visit.id)


def parts(scene: Scene, visit: consult.Visit, who: str = "wang") -> dict[str, list[str]]:
    return {part.kind: [line.zh for line in part.lines] for part in summary(scene, visit, who).parts}


def test_a_finished_visit_tells_everything_in_order(scene: Scene) -> None:
    visit = finished_visit(scene)
    told = summary(scene, visit)
    assert [part.kind for part in told.parts] == ["found", "medicines", "advice", "danger", "next"]
    words = parts(scene, visit)
    assert words["found"][1:] == [NOTE["assessment"]] and "高血压" in words["found"][0]
    assert words["advice"] == [NOTE["advice"]] and words["danger"] == [NOTE["red_flags"]]
    on = local_date(scene.clock.now()) + timedelta(days=28)
    assert words["next"] == [NOTE["next_step"], f"{on.isoformat()} 复诊"] and told.next_visit_on == on
    assert "结束" in told.outcome.zh


def test_every_heading_and_every_line_of_the_house_stands_in_both_languages(scene: Scene) -> None:
    told = summary(scene, finished_visit(scene))
    for part in told.parts:
        assert part.title.zh != part.title.en and all(line.zh and line.en for line in part.lines)


def test_a_visit_without_medicine_says_so(scene: Scene) -> None:
    assert parts(scene, finished_visit(scene))["medicines"] == ["这次没有开药"]


def test_the_medicines_of_this_visit_are_named_and_those_of_others_are_not(scene: Scene) -> None:
    visit = finished_visit(scene)
    with scene.by("house") as work:
        for name, source, of in (("氨氯地平片 5 mg", visit.id, visit.id), ("二甲双胍", visit.triage_id, None)):
            records.add_entry(work, visit.patient_id, "prescription", Text(zh="处方", en="Prescription"),
                              Text(zh=name, en=name), "prescription", source, of)
    assert parts(scene, visit)["medicines"] == ["氨氯地平片 5 mg"]


def test_danger_signs_that_nobody_wrote_are_not_silence(scene: Scene) -> None:
    visit = diagnosed(scene)
    with scene.by("lin") as work:
        consult.write_note(work, visit.id, **(NOTE | {"red_flags": ""}))
        consult.finish_visit(work, visit.id)
    assert "120" in parts(scene, visit)["danger"][0]


def test_several_lines_of_the_doctor_stay_several(scene: Scene) -> None:
    visit = diagnosed(scene)
    with scene.by("lin") as work:
        consult.write_note(work, visit.id, **(NOTE | {"advice": "少盐\n\n  多走路 \n"}))
        consult.finish_visit(work, visit.id)
    assert parts(scene, visit)["advice"] == ["少盐", "多走路"]


def test_a_visit_stopped_online_says_where_to_go_how_soon_and_why(scene: Scene) -> None:
    visit = judged(scene)
    scene.does("lin", consult.refer_visit, visit.id, "新出现胸闷", "人民医院心内科", "urgent", True)
    assert parts(scene, visit)["referral"] == ["人民医院心内科", "今天就去", "新出现胸闷"]
    assert "退回" in summary(scene, visit).outcome.zh


@pytest.mark.invariant(3)
def test_what_the_doctor_is_still_writing_is_not_shown_to_the_patient(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("lin", consult.write_note, visit.id, **NOTE)
    assert parts(scene, visit) == {} and "还没有结束" in summary(scene, visit).outcome.zh
    assert parts(scene, visit, "lin")["advice"] == [NOTE["advice"]]


def test_a_corrected_note_is_the_one_that_is_read(scene: Scene) -> None:
    visit = finished_visit(scene)
    scene.does("lin", consult.write_note, visit.id, **(NOTE | {"advice": "改为晚饭后服药"}))
    assert parts(scene, visit)["advice"] == ["改为晚饭后服药"]


@pytest.mark.parametrize("end", ["declined", "expired", "cancelled"])
def test_a_visit_that_never_began_says_what_became_of_the_money(scene: Scene, end: str) -> None:
    visit = waiting_visit(scene)
    if end == "declined":
        scene.does("lin", consult.decline_visit, visit.id, "请当面检查")
    elif end == "cancelled":
        scene.does("wang", consult.cancel_visit, visit.id)
    else:
        scene.later(minutes=30)
    told = summary(scene, visit)
    assert told.parts == [] and "费用全部退回" in told.outcome.zh and "money goes back" in told.outcome.en


def test_an_abandoned_visit_says_so(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    says(scene, "lin", visit)
    scene.clock.forward(minutes=30)
    scene.does("lin", consult.abandon_visit, visit.id)
    assert "没有您的回复" in summary(scene, visit).outcome.zh


@pytest.mark.invariant(13)
@pytest.mark.parametrize("who", ["zhao", "ma", "gao", "ren", "kang", "qin"])
def test_nobody_else_reads_it(scene: Scene, who: str) -> None:
    visit = finished_visit(scene)
    with pytest.raises(NotFound):
        summary(scene, visit, who)


def test_the_api_tells_no_note_that_the_doctor_still_writes(scene: Scene) -> None:
    visit = visit_in_progress(scene)
    scene.does("lin", consult.write_note, visit.id, "h", "a", "还没想好", "rf", "next")
    told = {who: api.summary(visit.id, SimpleNamespace(actor=scene.people[who], read=lambda who=who: scene.sees(who)))
            for who in ("wang", "lin")}
    words = ("advice", "red_flags", "next_step")
    assert [told["wang"][name] for name in words] == ["", "", ""] and told["wang"]["next_visit_on"] is None
    assert [told["lin"][name] for name in words] == ["还没想好", "rf", "next"]
