"""What a pharmacy sees that scans the code of a prescription on paper; it need not be a partner of ours."""
from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.kit.text import Text
from prescribing import api as prescribing
from web.door import ANYONE, Door, Gate, GuardedRoute
from web.pages.patient.medicine_words import packs
from web.pages.patient.views import Drug
from web.pages.public.views import VerifyView

router = APIRouter(route_class=GuardedRoute, include_in_schema=False)
Code = Annotated[str, Path(max_length=40)]
FALSE = ("urg", "ban", Text(zh="不要配药", en="Do not dispense"),
         Text(zh="内容和医生签的不一样", en="It is not what the doctor signed"))
STATES = {
    "approved": ("ok", "circle-check", Text(zh="真的，现在有效", en="Genuine and valid now"),
                 Text(zh="药师审核通过，还没有取药", en="Approved by a pharmacist, not filled yet")),
    "partly_redeemed": ("ok", "circle-check", Text(zh="真的，现在有效", en="Genuine and valid now"),
                        Text(zh="已经取了一部分", en="Part of it has been filled")),
    "redeemed": ("wait", "store", Text(zh="不要再配", en="Do not fill it again"),
                 Text(zh="这张处方已经由一家药房接了", en="A pharmacy has taken this prescription already")),
    "expired": ("wait", "clock", Text(zh="不要配药", en="Do not dispense"),
                Text(zh="这张处方过了有效期", en="This prescription is no longer valid")),
    "revoked": ("urg", "ban", Text(zh="不要配药", en="Do not dispense"),
                Text(zh="医生作废了这张处方", en="The doctor has withdrawn this prescription")),
}
NOT_YET = ("wait", "clock", Text(zh="不要配药", en="Do not dispense"),
           Text(zh="药师还没有审核通过", en="A pharmacist has not approved it"))


def _drug(line: prescribing.VerifiedLine) -> Drug:
    left = Text(zh=f"{line.strength} · 共 {packs(line.packs).zh}，还可配 {packs(line.left).zh}",
                en=f"{line.strength} · {packs(line.packs).en}, {packs(line.left).en} left to fill")
    return Drug(line.name, left, line.wording, packs(line.packs), False)


def _view(found: prescribing.Verification) -> VerifyView:
    """What is on the paper when it is genuine; of anything else only that it is not."""
    family, icon, kicker, title = STATES.get(found.state, NOT_YET) if found.genuine else FALSE
    shown = found.genuine and found.state in STATES
    return VerifyView(family, icon, kicker, title, found.number, found.masked_name, found.doctor, found.house,
                      found.signed_at, found.valid_until, tuple(map(_drug, found.lines)) if shown else ())


@router.get("/verify/{number}/{code}")
def verify(number: Code, code: Code, door: Annotated[Door, Gate(ANYONE)]) -> Response:
    """How the prescription behind a scanned code stands. It is written down, and guessing is slowed."""
    with door.write() as work:
        view = _view(prescribing.verify_by_code(work, number, code, door.address))
    return door.page("public/verify.html", v=view)
