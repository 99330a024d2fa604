"""A replay as the pages show it: progress, what would change, for how many people, and the decisions behind it."""
from app.identity import api as identity
from app.kit.text import Text
from app.policy import api as policy
from app.policy.api import desk
from app.work import Work
from consult import api as consult
from web.pages.staff import views_policy as p
from web.pages.staff.verdicts import OUTCOMES

PAGE = 100
NO_VISIT = Text(zh="不在就诊里，或记录已按期清除", en="Outside a visit, or the record has gone")
NONE = Text(zh="—", en="—")


def replay_view(work: Work, version: desk.PolicyVersion, row: desk.PolicyReplay, offset: int = 0) -> p.ReplayView:
    """One replay with a page of its changes. Cost: 4 statements."""
    count = desk.affected(work, row)
    return p.ReplayView(
        row.id, row.state, row.done, row.total, row.changed, row.unreadable, row.assumed_from, row.begun_at,
        row.ended_at, desk.is_current(work, version, row), _shifts(row, count), _stages(count),
        _departments(work, row), count.patients,
        count.staff, count.stricter, count.laxer, tuple(map(_change, desk.changes(work, row, PAGE, offset))),
        row.cases_total, tuple(_case(one) for one in row.cases))


def _shifts(row: desk.PolicyReplay, count: desk.Affected) -> tuple[p.Shift, ...]:
    """From verdict to verdict; the unchanged first."""
    told = [p.Shift(OUTCOMES[before.value], OUTCOMES[after.value], number, 100 * number / max(row.done, 1))
            for (before, after), number in sorted(count.moves.items(), key=lambda one: -one[1])]
    same = row.done - row.changed - row.unreadable
    return (p.Shift("", "", same, 100 * same / max(row.done, 1)), *told)


def _stages(count: desk.Affected) -> tuple[tuple[Text, int], ...]:
    return tuple((policy.STAGE_WORDS[name], number) for name, number in
                 sorted(count.stages.items(), key=lambda one: -one[1]))


def _departments(work: Work, row: desk.PolicyReplay) -> tuple[p.DepartmentShift, ...]:
    found = consult.changes_by_department(work, row.id)
    return tuple(p.DepartmentShift(identity.DEPARTMENTS.get(one.department, NO_VISIT), one.changes, one.patients,
                                   100 * one.changes / max(row.changed, 1)) for one in found)


def _change(one: desk.PolicyReplayChange) -> p.ReplayChange:
    return p.ReplayChange(f"/admin/decisions/{one.decision_id}", f"D-{one.decision_id.hex[-10:].upper()}",
                          policy.STAGE_WORDS[one.stage], one.as_of, OUTCOMES[one.before], OUTCOMES[one.after],
                          tuple(one.rules_after))


def _case(one: dict[str, object]) -> p.ChangedCase:
    missing = one["missing"]
    names = policy.name_facts(missing, policy.fact_registry()) if isinstance(missing, list) and missing else NONE
    title = Text(zh=str(one.get("title_zh") or one["title"]), en=str(one["title"]))
    return p.ChangedCase(str(one["case_id"]), title, OUTCOMES[str(one["before"])], OUTCOMES[str(one["after"])], names)
