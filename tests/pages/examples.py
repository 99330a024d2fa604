"""An address for every page, and who looks at it; `{…}` are ids of the world."""
from __future__ import annotations

from dataclasses import dataclass

from tests.pages.world import JOINING, NOBODY

# What answers GET and is no page: data, files, parts of pages, and addresses that only lead on to a page below.
NO_PAGE = {"/healthz", "/worker.js", "/prefs", "/demo/cast.json", "/doctor/icd", "/doctor/icd.json", "/doctor/drugs",
           "/act-for/{patient_id}", "/home/{patient_id}/part", "/inbox/unread",
           "/documents/{document_id}/pages/{page}", "/doctor/files/{document_id}/{number}",
           "/call-check/relays", "/doctor/call-check/relays",
           "/guest/part", "/guest/check/relays", "/visits/{visit_id}/chat/status",
           "/visits/{visit_id}/waiting/part", "/orders/{order_id}/part",
           "/visits/{visit_id}/recording/{segment_id}", "/doctor/visits/{visit_id}/recording/{segment_id}",
           "/doctor/parts/places", "/pharmacist/parts/places", "/pharmacy/parts/places", "/admin/parts/places",
           "/doctor/parts/queue", "/doctor/visits/{visit_id}/parts/talk", "/doctor/visits/{visit_id}/parts/context",
           "/doctor/visits/{visit_id}/parts/call-time",
           "/pharmacist/parts/queue", "/pharmacy/parts/board", "/doctor/decisions/{decision_id}.json",
           "/pharmacist/decisions/{decision_id}.json", "/pharmacy/decisions/{decision_id}.json",
           "/admin/decisions/{decision_id}.json", "/decisions/{decision_id}/file",
           "/.well-known/fuzhen-keys.json"}
PHONE, DESK = 390, 1440
STAFF = ("doctor", "pharmacist", "pharmacy", "compliance", "admin")


@dataclass(frozen=True)
class Example:
    """One look at one page."""

    route: str
    who: str
    path: str
    width: int = PHONE

    @property
    def name(self) -> str:
        """As the test is called."""
        return f"{self.width} {self.who} {self.path.partition('?')[0]}"


def _phone(who: str, route: str, path: str = "") -> Example:
    return Example(route, who, path or route)


def _desk(who: str, route: str, path: str = "", width: int = DESK) -> Example:
    return Example(route, who, path or route, width)


PUBLIC = (
    _phone(NOBODY, "/"), _phone(NOBODY, "/offline"), _phone(NOBODY, "/problems/{slug}", "/problems/not-found"),
    _phone(NOBODY, "/verify/{number}/{code}", "{paper}"), _phone(NOBODY, "/verify/{number}/{code}", "{filled_paper}"),
    _phone(NOBODY, "/verify/{number}/{code}/fill", "{paper}/fill"),
    _phone(NOBODY, "/register"), _phone(JOINING, "/register/code"), _phone(NOBODY, "/sign-in"),
    _phone(NOBODY, "/join/{link}", "/join/{open_link}"),
    _desk("doctor", "/doctor/join/{link}", "/doctor/join/{doctors_link}"),
    _phone("guest", "/guest"), _phone("guest", "/guest/check"), _phone(NOBODY, "/demo"), _phone(NOBODY, "/demo/sms"),
    _phone(NOBODY, "/demo/partner"),
)
JOIN = (
    _phone("nameless", "/register/name"), _phone("newcomer", "/register/name"),
    _phone("nameless", "/register/person"), _phone("newcomer", "/register/consents"),
    _phone("mother", "/family"), _phone("mother", "/family/new"),
    _phone("mother", "/family/{patient_id}/check", "/family/{child_patient}/check"),
    _phone("mother", "/family/join"),
    _phone("mother", "/family/{patient_id}/guardians", "/family/{child_patient}/guardians"),
    _phone("mother", "/family/{patient_id}/guardians/invite", "/family/{child_patient}/guardians/invite"),
    _phone("mother", "/family/{patient_id}/guardians/{account}", "/family/{child_patient}/guardians/{mother_account}"),
    _phone("mother", "/me"), _phone("mother", "/call-check"), _phone("mother", "/me/consents"),
    _phone("mother", "/me/consents/{patient_id}/{form}", "/me/consents/{child_patient}/privacy"),
    _phone("nameless", "/home"), _phone("running", "/home"), _phone("mother", "/home"), _phone("running", "/inbox"),
)
TRIAGE = (
    _phone("mother", "/triage"),
    _phone("mother", "/triage/{triage_id}", "/triage/{mother_triage}"),
    _phone("mother", "/triage/{triage_id}/flags", "/triage/{mother_triage}/flags"),
    _phone("asked", "/triage/{triage_id}/questions/{question_id}",
           "/triage/{asked_triage}/questions/{asked_question}"),
    _phone("asked", "/triage/{triage_id}/finish", "/triage/{asked_triage}/finish"),
    _phone("ready", "/triage/{triage_id}/result", "/triage/{ready_triage}/result"),
    _phone("alarmed", "/triage/{triage_id}/emergency", "/triage/{alarmed_triage}/emergency"),
    _phone("alarmed", "/triage/{triage_id}/correct", "/triage/{alarmed_triage}/correct"),
    _phone("ready", "/triage/{triage_id}/history", "/triage/{ready_triage}/history"),
    _phone("ready", "/triage/{triage_id}/forecast", "/triage/{ready_triage}/forecast"),
    _phone("ready", "/triage/{triage_id}/forecast", "/triage/{ready_triage}/forecast?evidence={ready_evidence}"),
    _phone("ready", "/triage/{triage_id}/forecast", "/triage/{ready_triage}/forecast?seen=no"),
    _phone("ready", "/triage/{triage_id}/import/{institution_id}", "/triage/{ready_triage}/import/{partner}"),
    _phone("ready", "/triage/{triage_id}/forecast", "/triage/{ready_triage}/forecast?seen=yes"),
    _phone("ready", "/triage/{triage_id}/evidence", "/triage/{ready_triage}/evidence"),
    _phone("ready", "/triage/{triage_id}/doctor",
           "/triage/{ready_triage}/doctor?kind=follow_up&evidence={ready_evidence}"),
    _phone("ready", "/triage/{triage_id}/check",
           "/triage/{ready_triage}/check?kind=follow_up&evidence={ready_evidence}&doctor=first"),
    _phone("running", "/places"), _phone("running", "/history"),
)
VISIT = (
    _phone("referred", "/visits/{visit_id}/letter", "/visits/{referred_visit}/letter"),
    _phone("referred", "/visits/{visit_id}/summary", "/visits/{referred_visit}/summary"),
    _phone("running", "/decisions/{decision_id}", "/decisions/{running_decision}"),
    _phone("running", "/visits"), _phone("running", "/visits/{visit_id}", "/visits/{running_visit}"),
    _phone("running", "/visits/{visit_id}/chat", "/visits/{running_visit}/chat"),
    _phone("running", "/visits/{visit_id}/call/time", "/visits/{running_visit}/call/time"),
    _phone("running", "/visits/{visit_id}/recording", "/visits/{running_visit}/recording"),
    _phone("running", "/visits/{visit_id}/evidence", "/visits/{running_visit}/evidence"),
    _phone("running", "/visits/{visit_id}/summary", "/visits/{running_past_visit}/summary"),
    _phone("waiting", "/visits/{visit_id}/waiting", "/visits/{waiting_visit}/waiting"),
    _phone("waiting", "/visits/{visit_id}/cancel", "/visits/{waiting_visit}/cancel"),
    _phone("unpaid", "/visits/{visit_id}/pay", "/visits/{unpaid_visit}/pay"),
    _phone("unpaid", "/{room}/{payable_id}/paid", "/visits/{unpaid_visit}/paid"),
    _phone("unpaid", "/cashier/{ref}", "/cashier/{unpaid_ref}"),
)
MEDICINE = (
    _phone("running", "/medicines"),
    _phone("running", "/prescriptions/{prescription_id}", "/prescriptions/{past_prescription}"),
    _phone("signed", "/prescriptions/{prescription_id}", "/prescriptions/{signed_prescription}"),
    _phone("approved", "/prescriptions/{prescription_id}", "/prescriptions/{approved_prescription}"),
    _phone("filled", "/prescriptions/{prescription_id}", "/prescriptions/{filled_prescription}"),
    _phone("filled", "/prescriptions/{prescription_id}/not-received",
           "/prescriptions/{filled_prescription}/not-received"),
    _phone("approved", "/prescriptions/{prescription_id}/pharmacies",
           "/prescriptions/{approved_prescription}/pharmacies"),
    _phone("approved", "/prescriptions/{prescription_id}/order",
           "/prescriptions/{approved_prescription}/order?pharmacy={approved_pharmacy}"),
    _phone("ordered", "/orders/{order_id}/pay", "/orders/{ordered_order}/pay"),
    _phone("offered", "/orders/{order_id}/cancel", "/orders/{offered_order}/cancel"),
    _phone("picking", "/orders/{order_id}", "/orders/{picking_order}"),
)
RECORD = (
    _phone("running", "/record"), _phone("running", "/record/who-looked"),
    _phone("mother", "/records/{patient_id}/looks", "/records/{child_patient}/looks"),
    _phone("running", "/record/documents"),
    _phone("running", "/record/documents/new"),
    _phone("running", "/record/{patient_id}/documents/new", "/record/{running_patient}/documents/new"),
    _phone("running", "/record/entries/{entry_id}", "/record/entries/{entry}"),
    _phone("running", "/records/{patient_id}/evidence/{evidence_id}",
           "/records/{running_patient}/evidence/{running_evidence}"),
)
DOCTOR = (
    _desk(NOBODY, "/staff/sign-in"), _desk("doctor", "/doctor"),
    _desk("doctor", "/doctor/visits/{visit_id}", "/doctor/visits/{running_visit}"),
    _desk("doctor", "/doctor/visits/{visit_id}/forecast", "/doctor/visits/{running_visit}/forecast"),
    _desk("doctor", "/doctor/visits/{visit_id}/call/time", "/doctor/visits/{running_visit}/call/time"),
    _desk("doctor", "/doctor/visits/{visit_id}/recording", "/doctor/visits/{running_visit}/recording"),
    _desk("doctor", "/doctor/visits/{visit_id}/note", "/doctor/visits/{running_visit}/note"),
    _desk("doctor", "/doctor/visits/{visit_id}/evidence", "/doctor/visits/{running_visit}/evidence"),
    _desk("doctor", "/doctor/evidence/{evidence_id}", "/doctor/evidence/{running_evidence}"),
    _desk("doctor", "/doctor/visits/{visit_id}/finish", "/doctor/visits/{running_visit}/finish"),
    _desk("doctor", "/doctor/visits/{visit_id}/refer", "/doctor/visits/{running_visit}/refer"),
    _desk("doctor", "/doctor/visits/{visit_id}/prescription", "/doctor/visits/{running_visit}/prescription"),
    _desk("doctor", "/doctor/prescriptions/{rx_id}", "/doctor/prescriptions/{running_prescription}"),
    _desk("doctor", "/doctor/prescriptions/{rx_id}", "/doctor/prescriptions/{signed_prescription}"),
    _desk("doctor", "/doctor/prescriptions/{rx_id}/sign", "/doctor/prescriptions/{running_prescription}/sign"),
    _desk("doctor", "/doctor/prescriptions"), _desk("doctor", "/doctor/call-backs"),
    _desk("doctor", "/doctor/call-check"),
    _desk("doctor", "/doctor/patients/{patient_id}/record", "/doctor/patients/{running_patient}/record"),
    _desk("doctor", "/doctor/visits/{visit_id}/kidney", "/doctor/visits/{running_visit}/kidney"),
    _desk("doctor", "/doctor/patients/{patient_id}/emergency", "/doctor/patients/{child_patient}/emergency"),
    _desk("doctor", "/doctor/decisions/{decision_id}", "/doctor/decisions/{running_decision}"),
    _desk("doctor", "/doctor/find"),
)
PHARMACIST = (
    _desk("pharmacist", "/pharmacist"), _desk("pharmacist", "/pharmacist/decided"),
    _desk("pharmacist", "/pharmacist/returned"),
    _desk("pharmacist", "/pharmacist/filled/{rx_id}", "/pharmacist/filled/{filled_prescription}"),
    _desk("pharmacist", "/pharmacist/reviews/{rx_id}", "/pharmacist/reviews/{signed_prescription}"),
    _desk("pharmacist", "/pharmacist/decisions/{decision_id}", "/pharmacist/decisions/{review_decision}"),
    _desk("pharmacist", "/pharmacist/find"),
)
PHARMACY = (
    _desk("pharmacy", "/pharmacy"), _desk("pharmacy", "/pharmacy/board"),
    _desk("pharmacy", "/pharmacy/board", width=PHONE),
    _desk("pharmacy", "/pharmacy/orders/{order_id}", "/pharmacy/orders/{picking_order}"),
    _desk("pharmacy", "/pharmacy/orders/{order_id}/pick", "/pharmacy/orders/{picking_order}/pick"),
    _desk("pharmacy", "/pharmacy/orders/{order_id}/label", "/pharmacy/orders/{picking_order}/label"),
    _desk("pharmacy", "/pharmacy/decisions/{decision_id}", "/pharmacy/decisions/{order_decision}"),
    _desk("pharmacy", "/pharmacy/find"),
)
OFFICE = (
    _desk("compliance", "/office"), _desk("compliance", "/admin/audit"),
    _desk("compliance", "/admin/decisions/{decision_id}", "/admin/decisions/{running_decision}"),
    _desk("admin", "/admin/retention"), _desk("admin", "/admin/calls"), _desk("admin", "/admin/calls", width=PHONE),
    _desk("compliance", "/admin/rules"), _desk("compliance", "/admin/rules", width=PHONE),
    _desk("compliance", "/admin/rules/rule/{rule_id}", "/admin/rules/rule/CN-VISIT-01"),
    _desk("compliance", "/admin/rules/rule/{rule_id}", "/admin/rules/rule/CN-VISIT-01", PHONE),
    _desk("compliance", "/admin/rules/versions"), _desk("compliance", "/admin/rules/versions", width=PHONE),
    _desk("compliance", "/admin/rules/versions/{version_id}", "/admin/rules/versions/{version_proposed}"),
    _desk("compliance", "/admin/rules/versions/{version_id}", "/admin/rules/versions/{version_proposed}", PHONE),
    _desk("second", "/admin/rules/versions/{version_id}", "/admin/rules/versions/{version_proposed}"),
    _desk("compliance", "/admin/rules/versions/{version_id}/edit", "/admin/rules/versions/{version_draft}/edit"),
    _desk("compliance", "/admin/rules/versions/{version_id}/edit", "/admin/rules/versions/{version_draft}/edit", PHONE),
    _desk("compliance", "/admin/rules/replays/{replay_id}", "/admin/rules/replays/{replay}"),
    _desk("compliance", "/admin/rules/replays/{replay_id}", "/admin/rules/replays/{replay}", PHONE),
    _desk("admin", "/admin/licences"), _desk("admin", "/admin/licences/{file_id}", "/admin/licences/{licence}"),
    _desk("doctor", "/doctor/account"), _desk("pharmacist", "/pharmacist/account"),
    _desk("pharmacy", "/pharmacy/account"), _desk("admin", "/admin/account"),
    _desk("admin", "/admin/find"),
)
READERS = (*PUBLIC, *JOIN, *TRIAGE, *VISIT, *MEDICINE, *RECORD)
WORKERS = (*DOCTOR, *PHARMACIST, *PHARMACY, *OFFICE)
