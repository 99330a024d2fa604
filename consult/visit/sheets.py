"""What every question to the policy about a visit begins with."""
from app.identity import api as identity
from app.policy import api as policy
from app.policy.api import FactSheet, Subject
from app.work import Work
from consult.visit.models import Visit
from consult.visit.rules import INTAKE
from records import api as records


def visit_sheet(work: Work, visit: Visit) -> FactSheet:
    """An empty sheet; what must be established within this visit counts from the patient's request."""
    return policy.fact_sheet(work, visit_since=visit.requested_at - INTAKE)


def asker_facts(work: Work, visit: Visit, sheet: FactSheet, mode: str = "") -> FactSheet:
    """Patient, institution and mode: what rules of the house may ask besides. `mode` where it is not the visit's."""
    records.patient_facts(work, visit.patient_id, visit.id, sheet)
    identity.put_all(sheet, identity.institution_facts(work))
    sheet.put("visit.mode", mode or visit.mode, source=f"visit:{visit.id}")
    return sheet


def subject_of(visit: Visit) -> Subject:
    """What a decision about this visit is about."""
    return Subject(kind="visit", id=visit.id, patient_id=visit.patient_id, visit_id=visit.id,
                   organization_id=visit.organization_id)
