"""`fuzhen policy`: prove a pack with cases, look for faults, explain or verify one decision, replay what was decided.

Exit status: 0 when everything held, 1 when a case failed, a fault was found, a decision would change or a decision
file does not hold, 2 for input that cannot be read.
"""
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from app.kit.clock import HOSPITAL_ZONE, SystemClock, local_date
from app.kit.problems import Problem
from app.policy.casefile import Outcome, day_from, facts_from, load_cases, run_cases
from app.policy.decision import Decision
from app.policy.engine import decide
from app.policy.facts import fact_registry
from app.policy.loading import load_pack, load_policy
from app.policy.policy_set import PolicySet
from app.policy.problems import PolicyError, unusable
from app.policy.queries import decision_record, remedies_of
from app.policy.reading import PACKS, readable
from app.policy.remedies import Remedy, remedies
from app.policy.replaying import Change, replay_stored, require_fit
from app.policy.rulebook import STAGES, Policy
from app.policy.signed import read_keys, verify
from app.work import HOUSE, House

app = typer.Typer(no_args_is_help=True, help="The rules: prove, check, explain, replay.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of words.")]
Packs = Annotated[list[Path] | None, typer.Option(
    "--pack", help="A policy file: it takes the place of the shipped policy of its id, or is a lower layer.")]
MOST_DECISIONS = 1_000_000
NO_POLICY_FILES = {"facts.yaml"}


@contextmanager
def _readable() -> Iterator[None]:
    """Input that cannot be used ends here with one sentence and status 2."""
    try:
        yield
    except Problem as problem:
        typer.echo(problem.detail.en if problem.detail else problem.title.en, err=True)
        raise typer.Exit(2) from problem


class Shelf:
    """Policies by name: the shipped ones, with the files of the command line in place of or below them."""

    def __init__(self, files: Iterable[Path]) -> None:
        given = [load_policy(_present(file)) for file in files]
        self.national = {policy.id: policy for policy in given if policy.layer == "national"}
        self.lower = [policy for policy in given if policy.layer != "national"]
        self._sets: dict[str, PolicySet] = {}

    def __call__(self, name: str) -> PolicySet:
        if name not in self._sets:
            first = self.national.get(name) or load_pack(name)
            below = [policy for policy in self.lower if policy.jurisdiction[:2] == first.jurisdiction[:2]]
            self._sets[name] = PolicySet.of([first, *below])
        return self._sets[name]

    def require_all_used(self) -> None:
        """A file that nothing was decided by proves nothing: its id or its country fits no policy that was asked."""
        used = {layer.id for one in self._sets.values() for layer in one.layers}
        for policy in (*self.national.values(), *self.lower):
            if policy.id not in used:
                raise unusable("没有案例用到这个规则文件",
                               f"nothing was decided by it; its id or its jurisdiction {policy.jurisdiction} fits no "
                               "policy that was asked", policy.id)


def _present(file: Path) -> Path:
    if not file.is_file():
        raise unusable("没有这个文件", "there is no such file", str(file))
    return file


def shipped_packs() -> list[Path]:
    """The policy files that ship with the product."""
    own = (path for path in PACKS.glob("*.yaml") if path.name not in NO_POLICY_FILES)
    return sorted(own) + sorted(PACKS.glob("layers/*.yaml"))


# --- test -----------------------------------------------------------------------------------------------------


@app.command("test")
def test_cases(file: Annotated[Path, typer.Argument(help="CSV with the columns of a case file.")],
               pack: Packs = None, as_json: AsJson = False) -> None:
    """Decide every case of FILE and compare; one line for each that fails, then a total."""
    with _readable():
        shelf = Shelf(pack or ())
        outcomes = list(run_cases(load_cases(file), shelf))
        shelf.require_all_used()
    failed = [outcome for outcome in outcomes if not outcome.holds]
    if as_json:
        _print_json({"cases": len(outcomes), "passed": len(outcomes) - len(failed), "failed": len(failed),
                     "failures": [_failure(outcome) for outcome in failed]})
    else:
        for outcome in failed:
            why = f" ({outcome.why})" if outcome.why else ""
            typer.echo(f"FAILED {outcome.case.id} {outcome.case.title}: {'; '.join(outcome.differences)}{why}")
        typer.echo(f"{len(outcomes)} cases, {len(outcomes) - len(failed)} passed, {len(failed)} failed")
    raise typer.Exit(1 if failed else 0)


def _failure(outcome: Outcome) -> dict[str, Any]:
    case, told = outcome.case, outcome.decision
    return {"case_id": case.id, "differences": list(outcome.differences), "decision": told.verdict.value,
            "rules": list(told.rule_ids), "exceptions": list(told.exceptions_used), "missing": list(told.missing),
            "why": outcome.why}


# --- lint -----------------------------------------------------------------------------------------------------


@app.command("lint")
def lint(files: Annotated[list[Path] | None, typer.Argument(help="Policy files; all shipped ones without.")] = None,
         as_json: AsJson = False) -> None:
    """Look for faults: what cannot be loaded, with file, rule and field; then what each policy holds."""
    read = [_read_one(file) for file in (files or shipped_packs())]
    if as_json:
        _print_json([{"file": file, "fault": fault} if fault else {"file": file} | _size(policy)
                     for file, policy, fault in read])
    else:
        for file, policy, fault in read:
            size = "" if policy is None else "{id} {version}: {rules} rules, sha256 {sha256}".format(**_size(policy))
            typer.echo(f"FAULT {fault}" if fault else f"ok {file}: {size}")
    raise typer.Exit(1 if any(fault for *_, fault in read) else 0)


def _read_one(file: Path) -> tuple[str, Policy | None, str]:
    try:
        return file.name, load_policy(_present(file)), ""
    except PolicyError as error:
        return file.name, None, str(error)


def _size(policy: Policy | None) -> dict[str, Any]:
    assert policy is not None
    return {"id": policy.id, "version": policy.version, "layer": policy.layer, "rules": len(policy.rules),
            "sha256": policy.sha256}


# --- explain --------------------------------------------------------------------------------------------------


@app.command("explain")
def explain(context: typer.Context,
            decision: Annotated[str, typer.Option(help="Id of a stored decision of this installation.")] = "",
            policy: Annotated[str, typer.Option(help="Policy to ask, such as cn-mainland.")] = "cn-mainland",
            stage: Annotated[str, typer.Option(help="Step, such as prescribe.")] = "",
            on: Annotated[str, typer.Option("--date", help="Local date of the step; today without.")] = "",
            facts: Annotated[str, typer.Option(help="Facts as a JSON object, or @FILE.")] = "{}",
            pack: Packs = None, as_json: AsJson = False) -> None:
    """Say why: verdict, rules, what is missing, citations, and what would change the answer."""
    with _readable():
        if decision:
            answer, found = _stored(context, decision)
        else:
            shelf, asked = Shelf(pack or ()), _facts_of(facts)
            policies = shelf(policy)
            shelf.require_all_used()
            _require_answerable(stage, asked, _day_of(on))
            answer = decide(policies, stage, _day_of(on), asked)
            found = remedies(policies, answer.stage, answer.as_of, asked)
    told = answer.model_dump(mode="json") | {"would_change": [one.model_dump(mode="json") for one in found]}
    if as_json:
        _print_json(told)
        return
    for line in _explained(answer):
        typer.echo(line)
    for one in found:
        wanted = (f"{fact_registry().label(fact).en} ({fact}) = {json.dumps(value, ensure_ascii=False)}"
                  for fact, value in one.facts.items())
        typer.echo(f"would change it: {one.rule}  {' and '.join(wanted)}")


def _require_answerable(stage: str, asked: dict[str, Any], day: date) -> None:
    """What no real step could ask is a mistake of the question, not an answer about the law."""
    if stage not in STAGES:
        raise unusable("没有这个环节", f"there is no step {readable(stage)!r}; --stage is one of {', '.join(STAGES)}")
    _, bad = fact_registry().read(asked, day)
    if bad:
        raise unusable("有的事实不能用", "; ".join(f"{one.fact}: {one.why}" for one in bad), field="--facts")


def _explained(answer: Decision) -> Iterator[str]:
    yield f"{answer.verdict.value.upper()}  {answer.stage} on {answer.as_of}"
    yield answer.summary.zh
    yield answer.summary.en
    for entry in answer.fired:
        lifted = f"  by {entry.exception}" if entry.exception else ""
        yield f"  {entry.rule}  {entry.effect.value}  {entry.why}{lifted}"
        for name, several in (("missing", entry.missing), ("needed", entry.evidence_needed)):
            if several:
                yield f"      {name}: {', '.join(several)}"
        for cite in entry.cite:
            yield f"      {cite.instrument} {cite.article} [{cite.confidence}]"
    for layer in answer.layers:
        yield f"  policy {layer.policy} {layer.version} sha256 {layer.sha256}"


# --- verify ---------------------------------------------------------------------------------------------------


@app.command("verify")
def verify_file(file: Annotated[Path, typer.Argument(help="A decision file, as its page or the API gives it.")],
                key: Annotated[Path, typer.Option("--key", help="The house's public keys: the JSON of its address "
                                                                "/.well-known/fuzhen-keys.json, kept beforehand.")],
                as_json: AsJson = False) -> None:
    """Check a decision file without the hospital: signature, hashes, and the same result from the same policies."""
    with _readable():
        found = verify(_present(file).read_bytes(), read_keys(_present(key).read_bytes()))
    decision = found.record.decision
    if as_json:
        _print_json({"holds": found.holds, "faults": list(found.faults), "id": str(found.record.id),
                     "key": found.kid, "decision": decision.model_dump(mode="json")})
    else:
        for fault in found.faults:
            typer.echo(f"FAULT {fault}")
        if found.holds:
            typer.echo(f"holds: {found.record.id}, {decision.verdict.value} for {found.record.stage} on "
                       f"{found.record.as_of}, signed by key {found.kid}; computed again with the same result")
    raise typer.Exit(0 if found.holds else 1)


def house_of(context: typer.Context) -> House:
    """The house of this installation; the command line above knows how it is built."""
    build: Callable[[], House] = context.obj
    return build()


def _stored(context: typer.Context, text: str) -> tuple[Decision, tuple[Remedy, ...]]:
    try:
        wanted = UUID(text)
    except ValueError as error:
        raise unusable("编号不对", "this is not the id of a decision") from error
    with house_of(context).read(HOUSE) as work:
        record = decision_record(work, wanted)
        return record.decision, remedies_of(work, record)


def _day_of(text: str) -> date:
    try:
        return day_from(text) if text else local_date(SystemClock().now(), HOSPITAL_ZONE)
    except ValueError as error:
        raise unusable("日期不对", f"the date is not YYYY-MM-DD: {error}") from error


def _facts_of(text: str) -> dict[str, Any]:
    try:
        return facts_from(_present(Path(text[1:])).read_text("utf-8") if text.startswith("@") else text)
    except ValueError as error:     # text that is no UTF-8 is one too
        raise unusable("事实不是一个 JSON 对象", f"the facts are not a JSON object of facts: {error}") from error


# --- replay ---------------------------------------------------------------------------------------------------


@app.command("replay")
def replay(context: typer.Context,
           pack: Annotated[Path, typer.Argument(help="The new policy file.")],
           last: Annotated[int, typer.Option(
               min=1, max=MOST_DECISIONS, help="How many stored decisions, the newest first.")] = 1000,
           as_json: AsJson = False) -> None:
    """Decide the last real decisions again under a new policy and show each that would change; nothing is stored."""
    with _readable():
        policy = load_policy(_present(pack))
        with house_of(context).read(HOUSE) as work:
            require_fit(work, policy)
            seen = list(replay_stored(work, policy, last))
    changed = [one for one in seen if one.changes]
    if as_json:
        _print_json({"decisions": len(seen), "changed": [one.plain() for one in changed]})
    else:
        for one in changed:
            typer.echo(_change_line(one))
        typer.echo(f"{len(seen)} decisions, {len(changed)} would change")
    raise typer.Exit(1 if changed else 0)


def _change_line(one: Change) -> str:
    return (f"CHANGES {one.id} {one.stage} {one.as_of}: {one.before.verdict.value} "
            f"[{';'.join(one.before.rule_ids)}] -> {one.after.verdict.value} [{';'.join(one.after.rule_ids)}]")


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
