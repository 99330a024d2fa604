"""Pure decisions about an order that does not come: how long one waits, and how old a closed box may become."""
from datetime import datetime, timedelta

from pharmacy.orders.models import Order

MARGIN = timedelta(hours=24)        # after the promised end of the window, until the patient need not wait any longer
PICKUP_MARGIN = timedelta(days=3)   # what lies ready at the counter may be fetched a little later
HANDED_OUT_WITHIN = timedelta(days=7)   # from the closing of the box; afterwards it is given to nobody
CLOSED = ("packed", "shipped")
HELD = ("accepted", "packed", "shipped", "quarantined", "returned")     # a pharmacy has it and the money is taken


def may_stop_from(order: Order) -> datetime:
    """From when on the patient may end an order whose box is closed and does not come."""
    return order.arrives_to + (PICKUP_MARGIN if order.channel == "pickup" else MARGIN)


def is_overdue(order: Order, now: datetime) -> bool:
    """Whether the promised time is over and the medicine is not there; a box set aside is told of by itself."""
    return order.state in ("accepted", *CLOSED) and now >= order.arrives_to


def may_stop_waiting(order: Order, now: datetime) -> bool:
    """Whether the patient may end an order with a closed box now."""
    return order.state in CLOSED and now >= may_stop_from(order)


def is_too_old(packed_at: datetime | None, now: datetime) -> bool:
    """Whether a closed box may not be handed out any more."""
    return packed_at is not None and now >= packed_at + HANDED_OUT_WITHIN


def over_at(order: Order, packed_at: datetime | None) -> datetime:
    """When the house ends an order that nobody ended: no box of it can be handed out by then."""
    return max(order.arrives_to, packed_at or order.arrives_to) + HANDED_OUT_WITHIN
