"""What the demo page shows and does: the cast as cards, a proper sign-in with one click, and the players."""
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import pyotp

from app.identity import api as identity
from app.kit.problems import Conflict, NotFound
from app.kit.text import Text
from app.settings import Settings
from app.work import HOUSE, House, Work, one_or_none
from consult import api as consult
from pharmacy import api as pharmacy
from web.demo.actors import Player, Stage, Troupe
from web.demo.cast import SIGNING_PIN, Member, cast, members, password, players
from web.demo.doctor import Doctor
from web.demo.partner import PartnerProgram, asked_now, partner_of
from web.demo.pharmacists import Desk, Pharmacist
from web.demo.visitor import Visitor

STEP = 30
START = {"patient": "/", "doctor": "/doctor", "pharmacist": "/pharmacist", "pharmacy": "/pharmacy/board"}
OFFICE = "/office"
DOES = {
    "wang": Text(zh="高血压，人民医院确诊过，对青霉素过敏。来复诊续药。",
                 en="Hypertension, diagnosed at Renmin Hospital, allergic to penicillin. Comes for a follow-up."),
    "zhou": Text(zh="高血脂，习惯用大字。", en="High blood lipids; likes large text."),
    "ma": Text(zh="为自己看，也为 4 岁的女儿小雨看哮喘。",
               en="Sees the doctor for herself and for Xiaoyu, 4, who has asthma."),
    "zhao": Text(zh="谁的家人也不是。用来试试：别人的记录他看不到。",
                 en="Nobody's relative. Try with him: he cannot see anybody else's record."),
    "doctor": Text(zh="接诊、聊天、判断是不是复诊、下诊断、开方签名。",
                   en="Takes patients, talks, judges the follow-up, diagnoses, prescribes and signs."),
    "pharmacist": Text(zh="审处方：通过，或者写明理由退回。",
                       en="Reviews prescriptions: approves, or returns with a reason."),
    "pharmacy": Text(zh="接单、扫码拣药、打包、交给配送、凭码送达。",
                     en="Takes orders, scans packs, packs, hands over, delivers against the code."),
    "compliance": Text(zh="写本院的规则，回放，由另一位批准；查每一个决定的依据和访问留痕。",
                       en="Writes the hospital's own rules, replays them, the other approves; looks up why and who."),
    "admin": Text(zh="审核医生的执业资质。", en="Verifies the doctors' licences."),
    "partner": Text(zh="患者同意导入后，替身收到请求，过一会儿按 FHIR R4 发来一份编好的门诊病历。后面没有真的医院。",
                    en="When a patient asks for it, the stand-in sends an invented record as FHIR R4. No real hospital "
                       "is behind it."),
    "operator": Text(zh="看系统运行和没做成的任务。", en="Watches the system and the jobs that failed."),
}
GROUPS = (
    ("patient", "user", Text(zh="患者", en="Patients")), ("doctor", "stethoscope", Text(zh="医生", en="Doctors")),
    ("pharmacist", "clipboard-check", Text(zh="审方药师", en="Reviewing pharmacists")),
    ("pharmacy", "store", Text(zh="药房", en="Pharmacies")),
    ("partner", "hospital", Text(zh="合作医院的程序（替身）", en="A partner hospital’s program (stand-in)")),
    ("office", "shield-check", Text(zh="合规与管理", en="Compliance and administration")))
PARTNER = "renmin"
PARTS: dict[str, tuple[type[Player], tuple[str, ...]]] = {
    "doctor": (Doctor, ("lin", "he", "gao")), "pharmacist": (Pharmacist, ("ren",)),
    "pharmacy": (Desk, tuple(cast()["pharmacies"])), "patient": (Visitor, ("wang",)),
    "partner": (PartnerProgram, (PARTNER,))}


class JustSignedIn(Conflict):
    """Every authenticator code of this moment was used; the next one comes within half a minute."""

    slug = "just-signed-in"
    title = Text(zh="这位刚刚登录过好几次，请半分钟后再点", en="This person signed in several times just now; "
                 "please click again in half a minute")


@dataclass(frozen=True)
class Card:
    """One person of the cast as the page shows them."""

    key: str
    name: Text
    title: Text | None
    does: Text
    login: str
    fields: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Group:
    """People of one kind, whether the house can play them, and what it does now."""

    role: str
    icon: str
    title: Text
    cards: tuple[Card, ...]
    playable: bool
    on: bool
    state: str


def require_demo(house: House) -> None:
    """Production has no demo. Raises NotFound."""
    if house.tools.get(Settings).mode == "production":
        raise NotFound


def kind_of(member: Member) -> str:
    """The group that a person belongs to."""
    return member.role if member.role in (*START, "partner") else "office"


def card_of(member: Member) -> Card:
    """A person as a card."""
    staff = cast()["staff"].get(member.key, {})
    title = Text(**staff["title"]) if "title" in staff else None
    return Card(member.key, Text(zh=member.name_zh, en=member.name_en), title,
                DOES.get(member.key) or DOES[member.role], member.login,
                tuple(identity.DEPARTMENTS[one] for one in staff.get("specialties", ())))


def groups(states: dict[str, tuple[bool, str]]) -> list[Group]:
    """The whole cast."""
    people = players().values()
    return [Group(role, icon, title, tuple(card_of(m) for m in people if kind_of(m) == role), role in states,
                  *states.get(role, (False, "off"))) for role, icon, title in GROUPS]


def cast_list() -> list[dict[str, Any]]:
    """Everybody's way in, for programs: user name, password, TOTP secret, role, names, signing PIN of doctors."""
    return [{"user_name": m.login, "password": password(), "totp_secret": m.totp, "role": m.role,
             "name_zh": m.name_zh, "name_en": m.name_en,
             **({"signing_pin": SIGNING_PIN} if m.role == "doctor" else {})} for m in members().values()]


def member(key: str) -> Member:
    """One of the cast. Raises NotFound."""
    found = members().get(key)
    if found is None:
        raise NotFound
    return found


def fresh_code(work: Work, who: Member) -> str | None:
    """An authenticator code that was not used yet: a code is good once, three of them are good at a time."""
    if who.totp is None:
        return None
    account = one_or_none(work, identity.Account, identity.Account.user_name == who.login)
    step = next_step(int(work.now.timestamp()) // STEP, account.totp_last_step if account else 0)
    return pyotp.TOTP(who.totp).generate_otp(step)


def next_step(now: int, last: int) -> int:
    """The earliest time step that is still good and was not used. Raises JustSignedIn."""
    step = max(now - 1, last + 1)
    if step > now + 1:
        raise JustSignedIn
    return step


def become(work: Work, who: Member, address: str | None) -> tuple[str, datetime]:
    """Sign in as one of the cast, with password and authenticator code as everybody; returns token and its end."""
    session, token = identity.sign_in(work, who.login, password(), fresh_code(work, who), who.role, address)
    return token, session.expires_at


def own_host(settings: Settings) -> str:
    """Where a program on this machine reaches us."""
    return "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 – a comparison


def build_troupe(house: House, settings: Settings) -> Troupe:
    """The players of this installation, who talk to our own address."""
    def door(order_id: str) -> str | None:
        """The person at the door says the code."""
        with house.read(HOUSE) as work:
            return pharmacy.delivery_code(work, work.get(pharmacy.Order, UUID(order_id)))

    def tongue(visit_id: str) -> str:
        """A doctor sees in which language the patient reads."""
        with house.read(HOUSE) as work:
            return work.get(identity.Account, work.get(consult.Visit, UUID(visit_id)).account_id).language

    def partner_key(partner: str) -> str:
        """The stand-in connects the hospital as an operator would, at the command line."""
        with house.write(HOUSE) as work:
            return identity.issue_partner_key(work, partner_of(work, partner).id)

    stage = Stage(f"http://{own_host(settings)}:{settings.port}", door=door, tongue=tongue, partner_key=partner_key,
                  asked=partial(asked_now, house), clock=house.clock)
    return Troupe(settings.data / "demo", stage, PARTS)
