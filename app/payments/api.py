"""The only door to money for visits, orders and pages."""
from app.payments import ddl
from app.payments.applying import apply_state
from app.payments.commands import look_again, open_payment, reassign, refund, release, settle, sweep
from app.payments.facts import settlement_facts
from app.payments.inbox import Receipt, receive_webhook
from app.payments.models import ChargeLine, LedgerEntry, LedgerTxn, Payment, Refund, WebhookEvent
from app.payments.problems import (
    ChargeRefused,
    PaymentGivenBack,
    PaymentUnderWay,
    ProviderMismatch,
    RefundTooLarge,
    RefundTooLate,
    UnknownPayment,
)
from app.payments.providers.port import (
    Cashiers,
    PaymentProvider,
    ProviderRefused,
    ProviderUnavailable,
    UnknownProvider,
    WebhookRejected,
)
from app.payments.providers.sandbox import Choice, Notice, SandboxProvider
from app.payments.providers.till import TillIntent, TillOperation
from app.payments.queries import (
    balance,
    charge_lines,
    debts,
    doubled_refunds,
    failed_refunds,
    holds_without_a_wish,
    is_secured,
    is_waiting_for_patient,
    left_fen,
    payment_by_ref,
    payment_of,
    payments_of,
    pending_notices,
    refunds_of,
    unfinished,
)
from app.payments.rules import Line, split
from app.payments.states import PAYMENT, REFUND

__all__ = [
    "PAYMENT", "REFUND", "Cashiers", "ChargeLine", "ChargeRefused", "Choice", "LedgerEntry", "LedgerTxn", "Line",
    "Notice", "Payment", "PaymentGivenBack", "PaymentProvider", "PaymentUnderWay", "ProviderMismatch",
    "ProviderRefused", "ProviderUnavailable", "Receipt", "Refund", "RefundTooLarge", "RefundTooLate",
    "SandboxProvider", "TillIntent", "TillOperation", "UnknownPayment", "UnknownProvider", "WebhookEvent",
    "WebhookRejected", "apply_state", "balance", "charge_lines", "ddl", "debts", "doubled_refunds", "failed_refunds",
    "holds_without_a_wish", "is_secured", "is_waiting_for_patient", "left_fen", "look_again", "open_payment",
    "payment_by_ref", "payment_of", "payments_of", "pending_notices", "reassign", "receive_webhook", "refund",
    "refunds_of", "release", "settle", "settlement_facts", "split", "sweep", "unfinished"]
