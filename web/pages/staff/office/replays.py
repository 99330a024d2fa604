"""A replay as the pages show it: progress, what would change, rule by rule, for whom, and the decisions behind it."""
from datetime import date
from uuid import UUID

from app.identity import api as identity
from app.kit.clock import completed_years
from app.kit.text import Text, counted
from app.policy import api as policy
from app.policy.api import desk
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.pages.staff import views_policy as p
from web.pages.staff.verdicts import OUTCOMES

PAGE = 100
NO_VISIT = Text(zh="不在就诊里，或记录已按期清除", en="Outside a visit, or the record has gone")
NONE = Text(zh="—", en="—")
GONE = Text(zh="现在没有这条规则了", en="No rule of today")
PATIENT = Text(zh="患者一方", en="the patient's side")
SEX = {"male": Text(zh="男", en="male"), "female": Text(zh="女", en="female")}
Known = dict[str, tuple[policy.Policy, policy.Rule]]


def replay_view(work: Work, version: desk.PolicyVersion, row: desk.PolicyReplay, offset: int = 0) -> p.ReplayView:
    """One replay with a page of its changes. Cost: 7 statements, and 3 for each example."""
    count, told, under = desk.affected(work, row), desk.outcomes(work, row), desk.policy_under(work, version)
    own, above = desk.policy_of(version), policy.policies_in_force(work).layers
    known = {one.id: (owner, one) for owner in (*above, *([under] if under else []), own) for one in owner.rules}
    changed = policy.changed_rules(under, own)
    return p.ReplayView(
        row.id, row.state, row.done, row.total, row.changed, row.unreadable, row.assumed_from, row.begun_at,
        row.ended_at, desk.is_current(work, version, row), _shifts(row, count), _stages(count),
        _departments(work, row), count.patients,
        count.staff, count.stricter, count.laxer, tuple(map(_change, desk.changes(work, row, PAGE, offset))),
        _rules(row, told, known, changed), _examples(work, told, known),
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


def _rules(row: desk.PolicyReplay, told: desk.Outcomes, known: Known, changed: tuple[str, ...]) -> tuple[
        p.RuleShift, ...]:
    """Each rule that changes something, then the changed rules of this version that change nothing."""
    spoke = {one.rule for one in told.moves}
    moved = [p.RuleShift(one.rule, _sentence(known, one.rule), OUTCOMES[one.before.value], OUTCOMES[one.after.value],
                         one.count, one.patients, 100 * one.count / max(row.changed, 1)) for one in told.moves]
    still = [p.RuleShift(name, _sentence(known, name), "", "", 0, 0, 0.0) for name in changed if name not in spoke]
    return (*moved, *still)


def _sentence(known: Known, rule: str) -> Text:
    return policy.say_rule(*known[rule]) if rule in known else GONE


def _examples(work: Work, told: desk.Outcomes, known: Known) -> tuple[p.ReplayExample, ...]:
    """A few decisions with the people masked; what is gone or no longer fits its hash is left out.

    The look is written down: the patient reads that an officer saw it.
    """
    rows = [(one, work.find(policy.PolicyDecision, one.decision_id)) for one in told.examples]
    records.note_seen(work, "read:replay", [records.Listed(row.patient_id, "policy_decision", row.id)
                                            for _, row in rows if row is not None and row.patient_id is not None])
    names = identity.account_names(work, {row.actor_id for _, row in rows if row is not None and row.actor_id})
    shown = (_example(work, one, row, known, names) for one, row in rows if row is not None)
    return tuple(one for one in shown if one is not None)


def _example(work: Work, one: desk.Example, row: policy.PolicyDecision, known: Known,
             names: dict[UUID, identity.Account]) -> p.ReplayExample | None:
    try:
        record = policy.read_record(row)
    except policy.DecisionAltered:
        return None
    return p.ReplayExample(
        f"/admin/decisions/{row.id}", f"D-{row.id.hex[-10:].upper()}", _masked(work, row), _who(row, names),
        policy.STAGE_WORDS[row.stage], row.as_of, _facts(record, one.rule, known), OUTCOMES[one.before.value],
        OUTCOMES[one.after.value])


def _who(row: policy.PolicyDecision, names: dict[UUID, identity.Account]) -> Text:
    """Who acted; of a patient's own step only that it was theirs."""
    if row.actor_role == "patient":
        return PATIENT
    who = names.get(row.actor_id) if row.actor_id else None
    return Text(zh=who.name_zh or who.user_name or NONE.zh, en=who.name_en or who.user_name or NONE.en) if who else NONE


def _masked(work: Work, row: policy.PolicyDecision) -> Text:
    """First character, age on the day of the decision, sex: enough to see whom a rule meets, too little to know who."""
    person = work.find(identity.Patient, row.patient_id) if row.patient_id else None
    if person is None:
        return NONE
    name, age = prescribing.mask_name(person.name), completed_years(person.birth_date, row.as_of)
    sex = SEX[person.sex]
    return Text(zh=f"{name} {age} {sex.zh}", en=f"{name} {age} {sex.en}")


def _facts(record: policy.DecisionRecord, rule: str, known: Known) -> tuple[Text, ...]:
    """What the rule looked at, with its value then; a date also as days gone by, as rules count them."""
    registry, values = policy.fact_registry(), record.values()
    if rule not in known:
        return ()
    return tuple(_fact(registry, name, values.get(name), record.as_of) for name in policy.facts_of(known[rule][1].when))


def _fact(registry: policy.FactRegistry, name: str, value: object, day: date) -> Text:
    label = registry.label(name)
    if value is None:
        return Text(zh=f"{label.zh}：不知道", en=f"{label.en}: not known")
    told = policy.say_value(registry, value)
    if registry.specs[name].type != "date":
        return Text(zh=f"{label.zh}：{told.zh}", en=f"{label.en}: {told.en}")
    gone = (day - date.fromisoformat(str(value))).days
    return Text(zh=f"{label.zh}：{told.zh}，当时已隔 {gone} 天",
                en=f"{label.en}: {told.en}, {counted(gone, 'day')} before")


def _change(one: desk.PolicyReplayChange) -> p.ReplayChange:
    return p.ReplayChange(f"/admin/decisions/{one.decision_id}", f"D-{one.decision_id.hex[-10:].upper()}",
                          policy.STAGE_WORDS[one.stage], one.as_of, OUTCOMES[one.before], OUTCOMES[one.after],
                          tuple(one.rules_after))


def _case(one: dict[str, object]) -> p.ChangedCase:
    missing = one["missing"]
    names = policy.name_facts(missing, policy.fact_registry()) if isinstance(missing, list) and missing else NONE
    title = Text(zh=str(one.get("title_zh") or one["title"]), en=str(one["title"]))
    return p.ChangedCase(str(one["case_id"]), title, OUTCOMES[str(one["before"])], OUTCOMES[str(one["after"])], names)
