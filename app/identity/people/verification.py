"""The real-name check: asked by a job, answered by a register, recorded once."""
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.events.identity import IdentityVerified
from app.identity.accounts.rates import Limit, use_up
from app.identity.people.models import Patient, RealnameCheck
from app.identity.people.queries import ID_NUMBER, realname_in_force, require_acting_for
from app.identity.people.realname import RealNameCheck
from app.kit.problems import Unavailable, invalid
from app.storage import Vault
from app.work import HOUSE, House, Work

CHECK_REALNAME = "identity.check_realname"
CHECKS_A_DAY = Limit("realname", 5, timedelta(days=1))
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
SILENT: dict[str, Any] = {"silent": True}


def verify_identity(work: Work, patient_id: UUID) -> None:
    """Ask the register about this person, now; the answer arrives by a job. Raises NotYours, SlowDown."""
    person = require_acting_for(work, patient_id)
    if realname_in_force(work, person):
        return
    if person.id_number_sealed is None:
        raise invalid("id_number", "请先填写身份证号。", "Please enter the ID number first.")
    use_up(work, CHECKS_A_DAY, str(person.id))
    work.at_once(CHECK_REALNAME, {"patient_id": str(person.id), "asked_at": work.now.isoformat()},
                 key=f"{CHECK_REALNAME}:{person.id}")


def ask_register(house: House, args: dict[str, Any], key: str) -> dict[str, Any]:
    """Effect of the job: unseal, ask, and keep nothing but the answer. Silence is an outcome, not a fault."""
    with house.read(HOUSE) as work:
        person = work.get(Patient, UUID(args["patient_id"]))
        name, sealed = person.name, person.id_number_sealed or ""
    number = house.tools.get(Vault).open(sealed, ID_NUMBER)
    register = house.tools.get(RealNameCheck)  # type: ignore[type-abstract]
    try:    # the key of the waiting job is used again at the next check; with the moment of asking it is not
        answer = register.check(name, number, f"{key}:{args['asked_at']}")
    except Unavailable:
        return SILENT
    return {"matched": answer.matched, "method": answer.method, "reference": answer.reference}


def _ask_later(work: Work, args: dict[str, Any]) -> None:
    """The same question once more after a pause; a register that is away for a day never wears the job out."""
    tries = int(args.get("tries", 0))
    pause = min(FIRST_PAUSE * 2 ** min(tries, 20), LONGEST_PAUSE)
    work.later(CHECK_REALNAME, args | {"tries": tries + 1}, f"{CHECK_REALNAME}:{args['patient_id']}", work.now + pause)


def record_realname(work: Work, args: dict[str, Any], outcome: dict[str, Any]) -> None:
    """Keep the answer; only a match is announced. Without an answer the question comes again."""
    if outcome == SILENT:
        return _ask_later(work, args)
    person = work.get(Patient, UUID(args["patient_id"]), lock=True)
    check = work.add(RealnameCheck(patient_id=person.id, asked_at=datetime.fromisoformat(args["asked_at"]),
                                   answered_at=work.now, **outcome))
    person.realname_check_id = check.id
    person.realname_verified_at = work.now if check.matched else None
    work.add(person)
    work.hint(f"patient:{person.id}")
    if check.matched:
        work.announce(IdentityVerified(person.id))
