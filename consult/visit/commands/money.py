"""The fee of a visit: taken when a doctor takes the visit, given back when nobody does."""
from app.payments import api as payments
from app.work import Work
from consult.visit.models import Visit


def settle_fee(work: Work, visit: Visit) -> None:
    """Take the held fee; a capture that fails later flags the debt and does not stop the visit."""
    payment = payments.payment_of(work, "visit", visit.id)
    if payment is not None:
        payments.settle(work, payment.id)


def release_fee(work: Work, visit: Visit) -> None:
    """Everything goes back, whatever the state of the money is."""
    payment = payments.payment_of(work, "visit", visit.id)
    if payment is not None:
        payments.release(work, payment.id)
