"""The inbox of notices: stored with the job that acts on them, in one transaction, before anybody says 200."""
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from app.kit.ids import uuid7
from app.payments.models import Payment, WebhookEvent
from app.payments.problems import UnknownPayment
from app.payments.providers.port import ProviderEvent
from app.payments.queries import payment_by_ref
from app.work import Work, one_or_none


@dataclass(frozen=True)
class Receipt:
    """What became of a notice: `stored`, `repeated`, `unknown` (kept, but come again) or `not_ours`."""

    status: str

    def check(self) -> None:
        """Raise UnknownPayment (503) where the sender must come again; call it after the commit."""
        if self.status == "unknown":
            raise UnknownPayment


def receive_webhook(work: Work, event: ProviderEvent) -> Receipt:
    """Keep a verified notice once and have it heard by a job; ten identical ones leave one row and one effect.

    Id and effect are never apart: the row stays pending until the job that applies it has committed.
    """
    fresh = _insert_once(work, event)
    row = one_or_none(work, WebhookEvent, col(WebhookEvent.provider) == event.provider,
                      col(WebhookEvent.event_id) == event.id)
    if row is None:
        raise LookupError(f"notice {event.provider} was neither new nor known")
    if row.ref is None and row.payment_id is None:
        row.applied_at = row.applied_at or work.now     # balance, payout and the like: kept, nothing to do
        work.add(row)
        return Receipt("not_ours")
    if fresh:
        work.later("payments.hear", {"event_id": str(row.id), "tries": 0}, key=f"payments.hear:{row.id}")
    if row.applied_at is None and payment_meant(work, row) is None:
        return Receipt("unknown")
    return Receipt("stored" if fresh else "repeated")


def _insert_once(work: Work, event: ProviderEvent) -> bool:
    """Insert unless the provider's event id stands there already; waits for a simultaneous twin to commit."""
    values = {"id": uuid7(), "provider": event.provider, "event_id": event.id, "kind": event.kind[:100],
              "ref": event.ref, "payment_id": event.payment_id, "raw": event.raw, "received_at": work.now}
    on_sqlite = work.session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if on_sqlite else postgresql.insert
    once = insert(WebhookEvent).values(values).on_conflict_do_nothing(index_elements=["provider", "event_id"])
    # RETURNING tells new from known on both databases; the row count does not (psycopg answers -1).
    return work.session.connection().execute(once.returning(col(WebhookEvent.id))).first() is not None


def payment_meant(work: Work, row: WebhookEvent) -> Payment | None:
    """The payment that a notice is about: by our id in its metadata, else by the provider's reference."""
    named = work.find(Payment, row.payment_id) if row.payment_id else None
    if named is not None and named.provider == row.provider:
        return named
    return payment_by_ref(work, row.provider, row.ref) if row.ref else None
