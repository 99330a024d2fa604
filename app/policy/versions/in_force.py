"""Which rules decide now: the files of the installation, and the version of the hospital's own that is in force today.

Every decision asks the table, so that a publication reaches every process at its date without a restart. What is kept
in memory is only the compiled form, by the hash of what it was made from: it can become useless, never wrong.
"""
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from app.policy.loading import parse_policy
from app.policy.policy_set import PolicySet
from app.policy.rulebook import Policy
from app.policy.versions.models import PolicyVersion
from app.policy.versions.problems import VersionAltered
from app.work import Work

KEPT = 16


@dataclass(frozen=True)
class OwnRules:
    """Which versions are the hospital's: a condition on their organisation, from the room that knows organisations."""

    of_the_hospital: Callable[[Any], ColumnElement[bool]]


class Shelf:
    """Compiled policies by what they were made from, the newest few."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], PolicySet] = {}

    def get(self, key: tuple[str, ...]) -> PolicySet | None:
        """What was made from these layers, if it is still here."""
        return self._made.get(key)

    def put(self, key: tuple[str, ...], made: PolicySet) -> PolicySet:
        """Keep it; when there are too many, all others go."""
        if len(self._made) >= KEPT:
            self._made = {}
        self._made[key] = made
        return made


def version_in_force(work: Work, on: date, but: PolicyVersion | None = None) -> PolicyVersion | None:
    """The published version that holds on a day: the latest begun; of one day, the last published.

    With `but` it is the version that this one takes the place of.
    """
    statement = select(PolicyVersion).where(
        PolicyVersion.state == "published", col(PolicyVersion.effective_from) <= on,
        work.tool(OwnRules).of_the_hospital(PolicyVersion.organization_id))
    if but is not None:
        statement = statement.where(PolicyVersion.id != but.id)
    if but is not None and but.published_at is not None:
        statement = statement.where(col(PolicyVersion.published_at) < but.published_at)
    newest = statement.order_by(col(PolicyVersion.effective_from).desc(), col(PolicyVersion.published_at).desc(),
                                col(PolicyVersion.id).desc())
    return work.session.exec(newest.limit(1)).first()


def standing(work: Work, but: PolicyVersion) -> list[str]:
    """Which versions of the hospital's own decide today or wait for theirs; `but` is what would replace them."""
    today = work.tool(PolicySet).date_of(work.now)
    begun, waiting = [], []
    published = select(PolicyVersion.id, PolicyVersion.effective_from).where(
        PolicyVersion.state == "published", PolicyVersion.id != but.id,
        PolicyVersion.organization_id == but.organization_id)
    for id, day in work.session.exec(published.order_by(
            col(PolicyVersion.effective_from), col(PolicyVersion.published_at), col(PolicyVersion.id))):
        (begun if day is not None and day <= today else waiting).append(f"version:{id}")
    return begun[-1:] + waiting


def policies_in_force(work: Work) -> PolicySet:
    """All rules that decide at the moment of the Work. Raises VersionAltered: then nothing is decided at all."""
    base = work.tool(PolicySet)
    version = version_in_force(work, base.date_of(work.now))
    if version is None:
        return base
    shelf, key = work.tool(Shelf), (*base_hashes(base), version.sha256, str(version.id))
    return shelf.get(key) or shelf.put(key, base.with_house(policy_of(version), version.id))


def base_hashes(base: PolicySet) -> list[str]:
    """The hashes of the layers above the hospital's own."""
    return [layer.sha256 for layer in base.used]


def policy_of(version: PolicyVersion) -> Policy:
    """The policy of a version, checked against its hash. Raises VersionAltered."""
    policy = parse_policy(json.loads(version.content), f"v{version.number}")
    if policy.sha256 != version.sha256:
        raise VersionAltered(id=str(version.id))
    return policy
