"""The life cycles of a payment and of a refund."""
from enum import StrEnum

from app.kit.states import Machine, moves

PAYMENT = Machine.of(
    "payment", "created",
    moves("authorise", "created", "authorised", "house"),
    moves("capture", "created authorised", "captured", "house"),
    moves("cancel", "created authorised", "cancelled", "house"),
    moves("fail", "created authorised", "failed", "house"),
    moves("expire", "created authorised", "expired", "house"),
    moves("refund_part", "captured", "partly_refunded", "house"),
    moves("refund_rest", "captured partly_refunded", "refunded", "house"))

REFUND = Machine.of(
    "refund", "pending",
    moves("succeed", "pending failed", "succeeded", "house"),
    moves("fail", "pending", "failed", "house"),
    moves("bounce", "succeeded", "bounced", "house"))

OPEN = ("created", "authorised")
ENDED = ("failed", "cancelled", "expired")
LIVE = ("created", "authorised", "captured", "partly_refunded")
PROMISED = ("pending", "succeeded")


class Wanted(StrEnum):
    """What the visit or order wants of its money; the provider's answers are steered towards it."""

    HELD = "held"
    SETTLED = "settled"
    RELEASED = "released"
