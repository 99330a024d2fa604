"""Medicines, prescriptions and orders in the words of the patient's pages."""
from datetime import date, datetime
from uuid import UUID

from app.identity import api as identity
from app.kit.clock import HOSPITAL_ZONE, local_date
from app.kit.text import Text, counted
from app.work import Work
from pharmacy import api as pharmacy
from prescribing import api as prescribing
from records import api as records
from web.pages.dates import day_text, moment_text
from web.pages.patient.views import Drug, Stage, Tag


def packs(count: int) -> Text:
    """A number of boxes."""
    return Text(zh=f"{count} 盒", en=counted(count, "pack"))


NOT_SAID = Text(zh="怎么吃没有记", en="How to take it is not recorded")
TWICE = Text(zh="同一种药有两种吃法，先不要一起吃，请问医生", 
             en="Two directions for one medicine: do not take both, ask the doctor")


def supply_of(work: Work, patient_id: UUID) -> tuple[Drug, ...]:
    """What the record knows the person takes, each drug once, in the reader's language where we prescribed it."""
    history = records.history_of(work, patient_id)
    found, twice = history.taken_once, set(history.taken_twice)
    written = prescribing.items_of_many(work, {m.prescription_id for m in found if m.prescription_id})
    today = local_date(work.now)
    return tuple(Drug(prescribing.medicine_name(m.text, m.drug_id), "",
                      _warned(how_taken(m, written), m.drug_id in twice), _until(m, today)) for m in found)


def how_taken(line: records.MedicineLine, written: dict[UUID, list[prescribing.PrescriptionItem]]) -> Text:
    """How a medicine of the record is taken, in the words of our prescription where it is ours."""
    rows = written.get(line.prescription_id, []) if line.prescription_id else []
    item = next((row for row in rows if row.drug_id == line.drug_id), None)
    if item is not None:
        return Text(zh=item.wording_zh, en=item.wording_en)
    return Text(zh=line.dose_text, en=line.dose_text) if line.dose_text else NOT_SAID


def _warned(how: Text, twice: bool) -> Text:
    return Text(zh=f"{how.zh}。{TWICE.zh}", en=f"{how.en}. {TWICE.en}") if twice else how


def _until(line: records.MedicineLine, today: date) -> Text:
    if line.until is None:
        return Text(zh="您报的", en="As you told us")
    last = day_text(line.until, today)
    return Text(zh=f"到 {last.zh}", en=f"until {last.en}")


def drug_of_item(item: prescribing.PrescriptionItem) -> Drug:
    """One line of a prescription."""
    return Drug(Text(zh=item.name_zh, en=item.name_en), Text(zh=f"{item.strength} · {packs(item.quantity).zh}",
                                                              en=f"{item.strength} · {packs(item.quantity).en}"),
                Text(zh=item.wording_zh, en=item.wording_en), packs(item.quantity),
                prescribing.is_cold_chain(item.drug_id))


def drug_of_line(line: pharmacy.OrderLine) -> Drug:
    """One line of an order."""
    return Drug(Text(zh=line.name_zh, en=line.name_en), packs(line.packs), "", packs(line.packs),
                prescribing.is_cold_chain(line.drug_id))


def pharmacy_words(work: Work, pharmacy_id: object) -> Text:
    """The name of a pharmacy."""
    return identity.organization(work, pharmacy_id).name  # type: ignore[arg-type]


WAY = (Text(zh="医生签名", en="Signed"), Text(zh="药师审核", en="Checked"), Text(zh="选药房", en="Pharmacy"),
       Text(zh="取药", en="Medicine"))


def rx_stages(now: int) -> tuple[Stage, ...]:
    """How far a prescription has come, counted from 0; past the end everything is done."""
    return tuple(Stage(name, "done" if n < now else "now" if n == now else "todo") for n, name in enumerate(WAY))


# state: colour, icon, kicker, title, stage that is due
RX_STATES = {
    "signed": ("info", "clock", Text(zh="药师还没有审完", en="Not checked yet"),
               Text(zh="药师正在审这张处方", en="A pharmacist is checking this prescription"), 1),
    "returned": ("wait", "clock", Text(zh="药师请医生再看一眼", en="Back with the doctor"),
                 Text(zh="医生正在修改这张处方", en="The doctor is revising this prescription"), 0),
    "superseded": ("info", "circle-alert", Text(zh="旧的一版", en="An older version"),
                   Text(zh="医生已经换了新的一版", en="The doctor has written a new version"), 0),
    "approved": ("ok", "circle-check", Text(zh="药师审核通过", en="Approved by the pharmacist"),
                 Text(zh="可以选药房了", en="You can choose a pharmacy"), 2),
    "partly_redeemed": ("ok", "circle-check", Text(zh="已取一部分", en="Partly filled"),
                        Text(zh="还有药没有取", en="Some medicine is still to be had"), 2),
    "redeemed": ("info", "store", Text(zh="药房已接单", en="Taken by a pharmacy"),
                 Text(zh="这张处方已经交给药房", en="A pharmacy has this prescription"), 3),
    "revoked": ("urg", "ban", Text(zh="已作废", en="Withdrawn"),
                Text(zh="医生作废了这张处方，请不要再用", en="The doctor has withdrawn it; please do not use it"), 0),
    "expired": ("wait", "clock", Text(zh="已过期", en="Expired"),
                Text(zh="这张处方过了有效期", en="This prescription is no longer valid"), 0),
}

ORDER_TAGS = {
    "placed": Tag(Text(zh="等付款", en="Waiting for payment"), "wait", "wallet"),
    "offered": Tag(Text(zh="等药房接单", en="Asking the pharmacy"), "info", "clock"),
    "accepted": Tag(Text(zh="药房在配药", en="Being prepared"), "info", "store"),
    "packed": Tag(Text(zh="已装好", en="Packed"), "info", "package"),
    "shipped": Tag(Text(zh="在路上", en="On the way"), "info", "truck"),
    "delivered": Tag(Text(zh="已送到", en="Delivered"), "ok", "check"),
    "cancelled": Tag(Text(zh="已取消", en="Cancelled"), "", "circle-x"),
    "unfilled": Tag(Text(zh="没有药房能接", en="No pharmacy could take it"), "wait", "circle-alert"),
    "quarantined": Tag(Text(zh="这一包停下了", en="This parcel was stopped"), "urg", "ban"),
    "returned": Tag(Text(zh="退回药房了", en="Back at the pharmacy"), "wait", "truck"),
}


def window(order: pharmacy.Order, now: datetime) -> Text:
    """When it can arrive, as a range; the day of the end where it is another one."""
    begin, end = moment_text(order.arrives_from, now), moment_text(order.arrives_to, now)
    if local_date(order.arrives_from) != local_date(order.arrives_to):
        return Text(zh=f"{begin.zh} 到 {end.zh}", en=f"{begin.en} to {end.en}")
    until = order.arrives_to.astimezone(HOSPITAL_ZONE)
    return Text(zh=f"{begin.zh}–{until:%H:%M}", en=f"{begin.en}–{until:%H:%M}")
