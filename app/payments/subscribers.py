"""What the worker runs for money; payments hear no events, the visit and the order call them."""
from app.payments.jobs import JOB_KINDS

SUBSCRIPTIONS: dict = {}

__all__ = ["JOB_KINDS", "SUBSCRIPTIONS"]
