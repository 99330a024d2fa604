"""Which department fits: a table, read from top to bottom, with the reason for each place in the list."""

from __future__ import annotations

from collections.abc import Iterator

from consult.triage.judging.case import Case
from consult.triage.judging.outcome import Advice
from consult.triage.rulebook.levels import Level

EMERGENCY = "emergency"


def ranked_departments(case: Case, level: Level) -> Iterator[Advice]:
    """Departments in falling fit, each once; an emergency always begins with the emergency department."""
    table = case.ruleset.departments
    names = {department.code: department.name for department in table.departments}
    found = {}
    if level is Level.EMERGENCY:
        found[EMERGENCY] = level.headline
    for rule in table.rules:
        concerns = not rule.complaints or case.complaint in rule.complaints
        if concerns and case.truth(rule.when) is True:
            found.setdefault(rule.department, rule.why)
    for code in case.protocol.departments:
        found.setdefault(code, table.own_list_why)
    for code, why in found.items():
        yield Advice(code=code, name=names[code], why=why)
