"""Facts of dispensing and delivery for the policy engine, one line of the prescription at a time."""
from app.identity import api as identity
from app.policy import api as policy
from app.policy.api import FactSheet, Line
from app.work import Work
from pharmacy.delivery.models import Dispense
from pharmacy.delivery.queries import pick_list
from pharmacy.orders.models import Order
from pharmacy.orders.queries import lines_of
from prescribing import api as prescribing


def _lines(work: Work, order: Order) -> list[Line]:
    return [Line(number, line.drug_id, {}, source=f"order_line:{line.id}")
            for number, line in enumerate(lines_of(work, order.id), start=1)]


def dispense_lines(work: Work, order: Order, dispense: Dispense) -> tuple[FactSheet, list[Line]]:
    """What the policy is asked when the box is closed, with every pack scanned."""
    sheet = policy.fact_sheet(work)
    source = f"dispense:{dispense.id}"
    prescribing.put_dispense_facts(work, sheet, order.prescription_id, dispense.id)
    identity.put_all(sheet, identity.pharmacy_facts(work, identity.organization(work, dispense.pharmacy_id)))
    person = identity.patient(work, order.patient_id)
    for fact in identity.person_facts(work, person):
        if fact.name == "patient.realname_verified":
            sheet.put("order.buyer_realname", fact.value, source=fact.source, at=fact.at)
    sheet.put("order.channel", order.channel, source=f"order:{order.id}")
    scanned = all(one.done for one in pick_list(work, order))
    sheet.put("order.trace_codes_scanned", scanned, source=source)
    sheet.put("order.trace_code_seen_before", False, source=source)
    return sheet, _lines(work, order)


def deliver_facts(work: Work, order: Order, dispense: Dispense) -> tuple[FactSheet, list[Line]]:
    """What the policy is asked at the door: the temperature log of the way, where there is one."""
    sheet = policy.fact_sheet(work)
    for name, value in (("cold.min_c", dispense.cold_min_c), ("cold.max_c", dispense.cold_max_c),
                        ("cold.max_gap_minutes", dispense.cold_gap_minutes)):
        sheet.put(name, value, source=f"dispense:{dispense.id}")
    return sheet, _lines(work, order)
