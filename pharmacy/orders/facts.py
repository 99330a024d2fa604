"""Facts of an order for the policy engine before it is paid for."""
from app.identity import api as identity
from app.payments import api as payments
from app.policy import api as policy
from app.policy.api import FactSheet, Subject
from app.work import Work
from pharmacy.orders.models import Order
from records import api as records


def subject_of(order: Order) -> Subject:
    """What a decision about this order is about."""
    return Subject(kind="order", id=order.id, patient_id=order.patient_id, visit_id=order.visit_id,
                   prescription_id=order.prescription_id, organization_id=order.organization_id)


def settle_sheet(work: Work, order: Order) -> FactSheet:
    """What the policy is asked before the cashier is."""
    sheet = policy.fact_sheet(work)
    identity.put_all(sheet, payments.settlement_facts(work))
    identity.put_all(sheet, identity.institution_facts(work))
    records.patient_facts(work, order.patient_id, order.visit_id, sheet)
    sheet.put("order.channel", order.channel, source=f"order:{order.id}")
    return sheet
