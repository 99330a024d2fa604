"""What the record file does when something happened elsewhere or in it."""
from app.events.consult import VisitRequested
from app.events.records import EvidenceRefused
from app.kit.text import Text
from app.notify import api as notify
from app.work import Work
from records.consent.commands import bind_consent

# Nothing about health stands in a message; the reason is read on the page behind the link.
REFUSED = Text(zh="医生看了您交的病历，还不能采信。点开看原因和怎么补。",
               en="The doctor looked at the record you handed in and cannot accept it yet. Open to see why.")


def tell_of_refusal(work: Work, event: EvidenceRefused) -> None:
    """Tell the patient and guardians that a piece of evidence was refused."""
    notify.tell_patient(work, event.patient_id, "evidence_refused", REFUSED,
                        f"/records/{event.patient_id}/evidence/{event.evidence_id}")


def tie_consent_to_visit(work: Work, event: VisitRequested) -> None:
    """The informed consent given on the way to this visit is this visit's; the next one needs its own."""
    bind_consent(work, event.patient_id, event.visit_id)


SUBSCRIPTIONS = {EvidenceRefused: [tell_of_refusal], VisitRequested: [tie_consent_to_visit]}
JOB_KINDS: list = []
