"""What can be followed, under which name, and by whom. Asked at the hello and again at every look."""
from collections.abc import Callable
from uuid import UUID

from app.identity import api as identity
from app.kit.problems import NotFound, Problem
from app.payments import api as payments
from app.policy import api as policy
from app.work import Actor, Work
from consult import api as consult
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records


def full_name(actor: Actor, name: str) -> str | None:
    """The topic that a page means: pages of staff say "queue", "review", "board", "inbox" for their own."""
    kind, colon, rest = name.partition(":")
    own = {"queue": actor.organization_id, "review": actor.organization_id, "board": actor.organization_id,
           "inbox": actor.account_id}.get(kind)
    if not colon:
        return f"{kind}:{own}" if own else None
    try:
        return f"{kind}:{UUID(rest)}"
    except ValueError:
        return None


def subject_of(topic: str) -> tuple[str, UUID]:
    """Kind and id of a full topic name."""
    kind, _, rest = topic.partition(":")
    return kind, UUID(rest)


def visit_of(work: Work, visit_id: UUID) -> consult.Visit:
    """The visit for the side that asks: whoever acts for the patient, or a doctor who attends or could take it."""
    if work.actor.role == "patient":
        return consult.visit_for_patient(work, visit_id)
    if work.actor.role == "doctor":
        return consult.visit_for_doctor(work, visit_id)
    raise NotFound


def _own_place(role: str) -> Callable[[Work, UUID], None]:
    def watch(work: Work, id: UUID) -> None:
        if work.actor.role != role or work.actor.organization_id != id:
            raise NotFound

    return watch


def _watch_visit(work: Work, id: UUID) -> None:
    visit_of(work, id)


def _watch_rx(work: Work, id: UUID) -> None:
    prescribing.prescription_for(work, id)


def _watch_order(work: Work, id: UUID) -> None:
    if work.actor.role == "pharmacy":
        pharmacy.order_for_pharmacy(work, id)
    else:
        _require_patient(work)
        pharmacy.order_for_patient(work, id)


def _watch_patient(work: Work, id: UUID) -> None:
    doctor = work.actor.practitioner_id
    if work.actor.role == "doctor" and doctor is not None and records.treats(work, id, doctor):
        return
    _require_patient(work)
    identity.require_acting_for(work, id)


def _watch_payment(work: Work, id: UUID) -> None:
    _require_patient(work)
    identity.require_acting_for(work, work.get(payments.Payment, id).patient_id)


def _watch_inbox(work: Work, id: UUID) -> None:
    if work.actor.account_id != id:
        raise NotFound


def _watch_policy(work: Work, id: UUID) -> None:
    if work.actor.role != "compliance":
        raise NotFound
    policy.desk.version(work, id)


def _require_patient(work: Work) -> None:
    if work.actor.role != "patient":
        raise NotFound


def _watch_guest(work: Work, id: UUID) -> None:
    if consult.own_place(work).id != id:
        raise NotFound


def call_behind(work: Work, topic: str) -> str:
    """Under which name the call of a visit or of its guest is hinted; empty where there is none."""
    kind, id = subject_of(topic)
    if kind == "guest":
        return f"call:{consult.own_place(work).visit_id}"
    return f"call:{id}" if kind == "visit" else ""


WATCHED: dict[str, Callable[[Work, UUID], None]] = {
    "visit": _watch_visit, "queue": _own_place("doctor"), "review": _own_place("pharmacist"),
    "board": _own_place("pharmacy"), "rx": _watch_rx, "order": _watch_order, "patient": _watch_patient,
    "payment": _watch_payment, "policy": _watch_policy, "inbox": _watch_inbox,
    "guest": _watch_guest,
}


def require_watchable(work: Work, topic: str) -> None:
    """Raise NotFound unless the signed-in person may follow `topic` now."""
    kind, id = subject_of(topic)
    if kind not in WATCHED:
        raise NotFound
    WATCHED[kind](work, id)


def may_watch(work: Work, topic: str) -> Problem | None:
    """None when the signed-in person may follow `topic` now, else the problem that says no."""
    try:
        require_watchable(work, topic)
    except Problem as problem:
        return problem
    return None
