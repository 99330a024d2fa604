"""The door of this room: everything that later rooms and the web may use."""
from app.identity.accounts.codes import PLACE as SMS_PLACE
from app.identity.accounts.codes import SEND_CODE, register_code, reset_code, send_code
from app.identity.accounts.commands import (
    change_password,
    register,
    reset_password,
    set_language,
    set_text_size,
)
from app.identity.accounts.models import Account, SessionToken
from app.identity.accounts.queries import (
    account,
    account_by_login,
    masked_phone_of,
    phone_index,
    phone_of,
    phone_to_call,
    resolve_token,
)
from app.identity.accounts.rates import count_scan, missed_scan
from app.identity.accounts.rules import clean_phone, masked_phone
from app.identity.accounts.sessions import session_stands, sign_out, sign_out_everywhere, standing_sessions
from app.identity.accounts.sign_in import sign_in, switch_role
from app.identity.facts import KnownFact, put_all
from app.identity.licences.commands import LicenceIn, licence_of, submit_licence, suspend_licence, verify_licence
from app.identity.licences.models import LicenceFile
from app.identity.licences.states import LICENCE
from app.identity.people.commands import (
    GROWN_UP,
    add_patient,
    end_guardianship,
    invite_guardian,
    join_as_guardian,
    open_invitation,
    take_back_invitation,
)
from app.identity.people.models import Guardianship, Patient, RealnameCheck
from app.identity.people.queries import (
    age_years,
    booker_facts,
    guardian_of,
    guardianships,
    id_number,
    is_guardian,
    latest_check,
    masked_id_number,
    open_invitations,
    patient,
    patients_of,
    person_facts,
    realname_in_force,
    require_acting_for,
    self_of,
)
from app.identity.people.realname import RealNameAnswer, RealNameCheck
from app.identity.people.verification import record_realname, verify_identity
from app.identity.problems import NotYours, WrongInvitation, WrongPin
from app.identity.staff.commands import (
    create_staff,
    give_role,
    licence_in_force,
    open_organization,
    renew_access,
    require_licence,
    set_duty,
    withdraw_role,
)
from app.identity.staff.connecting import connected_partners, issue_partner_key, withdraw_partner_key
from app.identity.staff.departments import DEPARTMENTS, fit_table
from app.identity.staff.facts import doctor_facts, institution_facts, pharmacist_facts, pharmacy_facts
from app.identity.staff.models import Organization, Practitioner, SigningKey, StaffRole
from app.identity.staff.queries import (
    account_names,
    doctors_on_duty,
    hospital,
    hospital_id,
    organization,
    organizations,
    pharmacists_on_duty,
    practitioner,
    practitioners,
    practitioners_by_id,
    staff_accounts,
)
from app.identity.staff.signing import Signature, key_holder, set_signing_pin, sign_bytes, verify_signature

Session_ = SessionToken

__all__ = [
    "DEPARTMENTS", "GROWN_UP", "LICENCE", "SEND_CODE", "SMS_PLACE", "Account", "Guardianship", "KnownFact",
    "LicenceFile", "LicenceIn", "NotYours", "Organization", "Patient", "Practitioner", "RealNameAnswer",
    "RealNameCheck", "RealnameCheck", "SessionToken", "Session_", "Signature", "SigningKey", "StaffRole",
    "WrongInvitation", "WrongPin", "account", "account_by_login", "account_names", "add_patient", "age_years",
    "booker_facts", "change_password", "clean_phone", "connected_partners", "count_scan", "create_staff",
    "doctor_facts", "doctors_on_duty", "end_guardianship", "fit_table", "give_role", "guardian_of",
    "guardianships", "hospital", "hospital_id", "id_number", "institution_facts", "invite_guardian",
    "is_guardian", "issue_partner_key", "join_as_guardian", "key_holder", "latest_check", "licence_in_force",
    "licence_of", "masked_id_number", "masked_phone", "masked_phone_of", "missed_scan", "open_invitation",
    "open_invitations", "open_organization", "organization", "organizations", "patient", "patients_of",
    "person_facts", "pharmacist_facts", "pharmacists_on_duty", "pharmacy_facts", "phone_index", "phone_of",
    "phone_to_call", "practitioner", "practitioners", "practitioners_by_id", "put_all", "realname_in_force",
    "record_realname", "register", "register_code", "renew_access", "require_acting_for", "require_licence",
    "reset_code", "reset_password", "resolve_token", "self_of", "send_code", "session_stands", "set_duty",
    "set_language", "set_signing_pin", "set_text_size", "sign_bytes", "sign_in", "sign_out",
    "sign_out_everywhere", "staff_accounts", "standing_sessions", "submit_licence", "suspend_licence",
    "switch_role", "take_back_invitation", "verify_identity", "verify_licence", "verify_signature",
    "withdraw_partner_key", "withdraw_role",
]
