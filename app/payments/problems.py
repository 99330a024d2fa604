"""What can be wrong with a wish about money."""
from app.kit.problems import Conflict, Problem, Unavailable
from app.kit.text import Text


class ChargeRefused(Problem):
    """The lines to be paid are empty, not positive, or earn somebody who may not earn on them."""

    slug = "charge-refused"
    status = 422
    title = Text(zh="这笔费用不能这样收", en="This cannot be charged in this way")


class PaymentUnderWay(Conflict):
    """Another payment for the same thing is open or taken; nothing is charged twice."""

    slug = "payment-under-way"
    title = Text(zh="这一项已经有一笔付款在进行", en="A payment for this is already under way")


class PaymentGivenBack(Conflict):
    """The money was let go of; a new attempt is needed to take it."""

    slug = "payment-given-back"
    title = Text(zh="这笔款已经退回或取消", en="This payment has been given back or cancelled")


class RefundTooLarge(Conflict):
    """More than is left of what was captured; `left_fen` says how much can go back."""

    slug = "refund-too-large"
    title = Text(zh="退款超过了可退的金额", en="The refund is larger than what is left to give back")


class RefundTooLate(Conflict):
    """The provider takes money back only for so many days."""

    slug = "refund-too-late"
    title = Text(zh="已过原路退回的期限", en="The time for giving the money back the way it came is over")


class UnknownPayment(Unavailable):
    """A notice about a payment that we do not know yet: kept, and the sender is asked to come again."""

    slug = "payment-not-known-yet"
    title = Text(zh="还没有这笔付款，请稍后再通知",
                 en="This payment is not known yet, please notify again later")


class ProviderMismatch(Conflict):
    """The provider speaks of another amount, currency or payment than our row: a person must look."""

    slug = "provider-mismatch"
    title = Text(zh="支付方的信息与本单不一致", en="The provider's answer does not fit this payment")
