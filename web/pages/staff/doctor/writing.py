"""The view of the prescription writer, and the search for medicines."""
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from app.identity import api as identity
from app.kit.clock import local_date
from app.kit.text import Text
from app.policy import api as policy
from app.work import Work
from consult import api as consult
from prescribing import api as prescribing
from records import api as records
from web.pages.staff import people
from web.pages.staff import views as v
from web.pages.staff import views_rx as x
from web.pages.staff.checking import LONG_SUPPLY, report_views, unkept
from web.pages.staff.doctor.context import diagnoses
from web.pages.staff.doctor.lines import NEW, Typed, hit_id, line_views
from web.pages.staff.doctor.queueing import doctor_frame
from web.pages.staff.verdicts import last_verdict

MOST_LINES = 5
CORRECTION = timedelta(hours=24)
# Facts that only the doctor can bring; each is asked when the rules miss it.
QUESTIONS: dict[str, tuple[str, Text]] = {
    "rx.off_label": ("off_label", Text(zh="超出说明书用药？", en="Use outside the label?")),
    "rx.off_label_consent": ("off_label_consent", Text(zh="患者已知情同意超说明书用药？",
                                                       en="Has the patient consented to use outside the label?")),
    "rx.is_long_term": ("is_long_term", Text(zh="按长期处方开？", en="Written as a long-term prescription?")),
    "rx.stable_chronic": ("stable_chronic", Text(zh="慢性病，病情稳定？", en="Chronic and stable?")),
    "rx.strict_assessment": ("strict_assessment", Text(zh="已严格评估可以长期用？",
                                                         en="Strictly assessed for long use?")),
}
CITED = Text(zh="处方管理办法 第 19 条：超过 7 天须注明理由",
             en="Prescription rules, article 19: more than 7 days need a reason")
OVER_WEEK = Text(zh="超过 7 天", en="More than 7 days")
YES, NO = Text(zh="是", en="Yes"), Text(zh="不是", en="No")


def head_of(rx: prescribing.Prescription, work: Work) -> x.RxHead:
    """Number, version and state."""
    return x.RxHead(str(rx.id), rx.number, rx.version, rx.state,  # type: ignore[arg-type]
                    rx.signed_at or work.now)


def writer_view(work: Work, rx_id: UUID, typed: Typed, query: str = "",
                errors: tuple[v.FieldError, ...] = ()) -> x.WriterView:
    """The whole writer of a draft; every check runs again."""
    rx = prescribing.prescription_for(work, rx_id)
    visit = work.get(consult.Visit, rx.visit_id)
    patient, history = identity.patient(work, rx.patient_id), records.history_of(work, rx.patient_id)
    items = prescribing.items_of(work, rx.id)
    judged = prescribing.preview(work, rx) if items else []
    checks, made = _with_unkept(report_views(work, rx, True, judged), len(items), typed), diagnoses(work, visit)
    told = people.allergies(history)
    missing = _missing(rx, items, made, told, checks, judged, typed)
    return x.WriterView(
        doctor_frame(work, "rx", ("queue", f"rx:{rx.id}", f"visit:{rx.visit_id}")), head_of(rx, work),
        f"/doctor/visits/{rx.visit_id}", people.person(patient, history), told,
        last_verdict(work, rx.visit_id, "/doctor"), made, people.taken(work, history), people.medicines_source(history),
        line_views(work, rx, typed), checks, validity(rx, work), certificate(work, rx),
        tuple(one.words for one in missing), missing[0].href if missing else "", MOST_LINES,
        previous(work, rx), returned_of(work, rx), query, drug_hits(work, rx, query), "", errors,
        questions(rx, judged), long_supply(rx, judged), sum(one.n for one in missing),
        kidney_href=f"/doctor/visits/{rx.visit_id}/kidney?back=rx")


def _with_unkept(checks: x.Checks, kept: int, typed: Typed) -> x.Checks:
    """The checks see kept lines only; what is being written, or was refused as typed, is named beside them."""
    new = typed.line == NEW
    if not new and not typed.errors:
        return checks
    number = kept + 1 if new else int(typed.line)
    return replace(checks, findings=(*checks.findings, unkept(number, new)))


@dataclass(frozen=True)
class Missing:
    """What still stands before the signature: words, where it is done, and how many things it is."""

    words: Text
    href: str
    n: int = 1


def _missing(rx: prescribing.Prescription, items: list[prescribing.PrescriptionItem], made: tuple[v.Diagnosis, ...],
             told: v.Allergies, checks: x.Checks, judged: list[tuple[int, policy.Decision]],
             typed: Typed) -> list[Missing]:
    """Everything that still stands before the signature."""
    here = f"/doctor/visits/{rx.visit_id}"
    found: list[Missing] = []
    if typed.line == NEW or typed.errors:
        found.append(Missing(Text(zh="这一行还没有记下", en="this line is not kept yet"), f"#line-{typed.line}"))
    elif not items:
        found.append(Missing(Text(zh="还没有药", en="no medicine yet"), "#drug"))
    if not made:
        found.append(Missing(Text(zh="还没有诊断", en="no diagnosis yet"), f"{here}/note#icd"))
    if told.stops_signing:
        found.append(Missing(Text(zh="没有问过过敏", en="allergies were never asked"), here))
    first = next((one for one in checks.in_order if one.is_open), None)
    if first:
        words = Text(zh=f"{checks.open} 项核对要处理", en=_several(checks.open, "finding") + " to handle")
        found.append(Missing(words, f"#finding-{first.key}", checks.open))
    held = [decision for _, decision in judged if not decision.allowed]
    if held:
        n = len(_asked(rx, judged)) + _wants_reason(judged)
        asks = Text(zh=f"规则要您说明 {n} 项", en=f"the rules ask you {_several(n, 'thing')}")
        found.append(Missing(asks, "#questions", n) if n else Missing(held[0].summary, "#findings"))
    return found


def _several(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _wanted(judged: list[tuple[int, policy.Decision]]) -> set[str]:
    return {name for _, one in judged for name in (*one.missing, *one.evidence_needed) if not one.allowed}


def _wants_reason(judged: list[tuple[int, policy.Decision]]) -> bool:
    return "rx.extension_reason" in _wanted(judged)


def _asked(rx: prescribing.Prescription, judged: list[tuple[int, policy.Decision]]) -> list[str]:
    """Facts that the rules miss and the doctor can bring; what depends on another answer waits for it."""
    waits = {"rx.off_label_consent": rx.off_label, "rx.stable_chronic": rx.is_long_term,
             "rx.strict_assessment": rx.is_long_term}
    wanted = _wanted(judged)
    return [name for name in QUESTIONS if name in wanted and waits.get(name, True)]


def questions(rx: prescribing.Prescription, judged: list[tuple[int, policy.Decision]]) -> tuple[x.Question, ...]:
    """What the rules want to know of the doctor; nothing is preset. What was answered stays to be changed."""
    asked = _asked(rx, judged)
    shown = [name for name, (term, _) in QUESTIONS.items()
             if name in asked or (term != "is_long_term" and getattr(rx, term) is not None)]
    return tuple(_question(rx, *QUESTIONS[name]) for name in shown)


def _question(rx: prescribing.Prescription, term: str, words: Text) -> x.Question:
    value = getattr(rx, term)
    return x.Question(term, words, (v.Choice("yes", YES, value is True), v.Choice("no", NO, value is False)))


def long_supply(rx: prescribing.Prescription, judged: list[tuple[int, policy.Decision]]) -> x.LineRule | None:
    """The reason for more than seven days, once the rules ask for it or it was given."""
    if not _wants_reason(judged) and not rx.extension_reason:
        return None
    options = tuple(v.Choice(code, words, rx.extension_reason == words.zh) for code, words in LONG_SUPPLY.items())
    return x.LineRule(OVER_WEEK, "long_supply_reason", options, CITED)


def validity(rx: prescribing.Prescription, work: Work) -> x.Validity:
    """Until when it can be filled; the law allows a note of up to three days."""
    said = {0: Text(zh="今日", en="today"), 1: Text(zh="今日加 1 天", en="today and 1 day")}
    said |= {n: Text(zh=f"今日加 {n} 天", en=f"today and {n} days") for n in (2, 3)}
    options = tuple(v.Choice(str(n), words, n == rx.validity_days) for n, words in said.items())
    chosen = next(one for one in options if one.chosen)
    return x.Validity(chosen, options, local_date(work.now) + timedelta(days=rx.validity_days), rx.note)


def certificate(work: Work, rx: prescribing.Prescription) -> Text:
    """Whose key signs, by the beginning of its id."""
    own = identity.practitioner(work, rx.practitioner_id)
    if own.signing_key_id is None:
        return Text(zh="没有签名密钥，请先设置签名 PIN", en="No signing key; set a signing PIN first")
    key = own.signing_key_id.hex[-8:].upper()
    return Text(zh=f"签名密钥 {own.name_zh} · {key[:4]} {key[4:]}",
                en=f"Signing key {own.name_en} · {key[:4]} {key[4:]}")


def previous(work: Work, rx: prescribing.Prescription) -> x.PreviousRx | None:
    """The patient's last prescription of another visit."""
    records.require_readable(work, rx.patient_id, "prescriptions")
    known = [one for one in prescribing.prescriptions_of(work, rx.patient_id)
             if one.visit_id != rx.visit_id and one.state not in ("returned", "superseded", "revoked")]
    if not known:
        return None
    items = prescribing.items_of(work, known[0].id)
    words = Text(zh="；".join(f"{i.name_zh} {i.wording_zh}" for i in items) or "—",
                 en="; ".join(f"{i.name_en} {i.wording_en}" for i in items) or "—")
    return x.PreviousRx(local_date(known[0].signed_at or known[0].drafted_at), words,
                        f"/doctor/prescriptions/{rx.id}/repeat")


def returned_of(work: Work, rx: prescribing.Prescription) -> x.Returned | None:
    """Why the version before came back, or this one."""
    about = rx.id if rx.state == "returned" else rx.supersedes_id
    review = prescribing.last_return(work, about) if about else None
    if review is None:
        return None
    by = identity.practitioner(work, review.pharmacist_id)
    visit = work.get(consult.Visit, rx.visit_id)
    reason = prescribing.RETURN_REASONS.get(review.reason_code, Text(zh="—", en="—"))
    return x.Returned(by.name.get(work.actor.language), review.at, (reason,), review.text, tuple(review.lines),
                      (visit.ended_at or work.now) + CORRECTION)


def drug_hits(work: Work, rx: prescribing.Prescription, query: str) -> tuple[x.DrugHit, ...]:
    """Products for what was typed, with why they matched and whether they may be prescribed online."""
    data = prescribing.load()
    used = {item.drug_id: Text(zh=item.name_zh, en=item.name_en) for item in prescribing.items_of(work, rx.id)}
    return tuple(_hit(work, hit, product, used) for hit in prescribing.search(data, query)
                 for product in data.drug(hit.drug_id).products)[:12]


def _hit(work: Work, hit: prescribing.Hit, product: object, used: dict[str, Text]) -> x.DrugHit:
    classes = prescribing.online_classes(work, hit.drug_id)
    state, why = online(work, classes)
    english = work.actor.language == "en"
    name = hit.name.en if english else hit.name.zh
    spans = hit.spans if english and hit.text == name else () if english else hit.zh_spans
    matched = hit.spans if hit.matched in ("pinyin", "brand_pinyin", "brand_zh", "brand_en") else ()
    return x.DrugHit(hit_id(hit.drug_id, product.code), parts(name, spans),  # type: ignore[attr-defined]
                     parts(hit.text if matched else hit.pinyin, matched),
                     f"{product.strength} × {product.pack_size}",  # type: ignore[attr-defined]
                     state, why, used.get(hit.drug_id, ""))  # type: ignore[arg-type]


BANNED: dict[str, Text] = {
    "narcotic": Text(zh="麻醉药品", en="narcotic"),
    "psychotropic_1": Text(zh="第一类精神药品", en="psychotropic, class 1"),
    "psychotropic_2": Text(zh="第二类精神药品", en="psychotropic, class 2"),
    "toxic": Text(zh="医疗用毒性药品", en="medicinal toxin"), "radioactive": Text(zh="放射性药品", en="radioactive"),
    "precursor": Text(zh="药品类易制毒化学品", en="drug precursor"),
}


def online(work: Work, classes: frozenset[str] | None) -> tuple[str, v.Words]:
    """Whether a medicine may be prescribed online by its legal class; an unknown class is not checked."""
    if classes is None:
        return "unchecked", ""
    special = {one for layer in policy.policies_in_force(work).layers for one in layer.lists.get("special_managed", ())}
    banned = sorted(classes & special)
    return ("no", BANNED.get(banned[0], banned[0])) if banned else ("yes", "")


def parts(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[x.Part, ...]:
    """A text cut at what matched."""
    found, at = [], 0
    for start, end in spans:
        found += [x.Part(text[at:start]), x.Part(text[start:end], True)]
        at = end
    return tuple(part for part in [*found, x.Part(text[at:])] if part.text)
