"""What can be wrong with a prescription."""
from app.kit.problems import Conflict, Invalid, NotAllowed, Problem
from app.kit.text import Text


class AlreadyRedeemed(Conflict):
    """Another pharmacy was faster, or the claim was made before; `state` says how it stands."""

    slug = "already-redeemed"
    title = Text(zh="这张处方已经被使用", en="This prescription has already been used")


class UndoIsOver(Conflict):
    """Who marked a paper as filled undoes it on the same device within some minutes, and nobody else does."""

    slug = "undo-is-over"
    title = Text(zh="只有标记的那台设备，在十分钟内可以撤销。现在请联系开方的医院",
                 en="It can be undone only on the device that marked it, within ten minutes. "
                    "Please ask the hospital that prescribed it")


class MarkedTooOften(Conflict):
    """A paper that was marked and unmarked again and again is no longer believed."""

    slug = "marked-too-often"
    title = Text(zh="这张纸标记和撤销的次数太多，不能再凭它配药，请联系开方的医院",
                 en="This paper was marked and undone too often and cannot be filled any more; "
                    "please ask the hospital that prescribed it")


class NotUsable(Conflict):
    """Not approved, expired or revoked; `state` says which."""

    slug = "prescription-not-usable"
    title = Text(zh="这张处方现在不能使用", en="This prescription cannot be used now")


class HandedOut(Conflict):
    """The patient has the medicine already; taking the paper back would help nobody."""

    slug = "handed-out"
    title = Text(zh="药已经交给患者，处方撤不回了，请马上联系患者",
                 en="The patient has the medicine already: it cannot be revoked, please call the patient")


class EmptyPrescription(Invalid):
    slug = "empty-prescription"
    title = Text(zh="处方里还没有药", en="The prescription has no line yet")


class NotDraft(Conflict):
    slug = "not-a-draft"
    title = Text(zh="已签名的处方不能再改", en="A signed prescription can no longer be changed")


class ChecksUnanswered(Conflict):
    """`findings` lists what stops the signature: hard stops, and findings without the reason they demand."""

    slug = "checks-unanswered"
    title = Text(zh="还有没处理的检查结果", en="Some findings of the checks are not handled yet")


class HardStop(ChecksUnanswered):
    """A finding that no reason can override."""

    slug = "hard-stop"
    title = Text(zh="有不能越过的问题，请改处方", en="A finding cannot be overridden; please change the prescription")


class ConfirmationMissing(Conflict):
    """`findings` lists what the pharmacist has to confirm one by one before approving."""

    slug = "confirmation-missing"
    title = Text(zh="有需要药师逐条确认的结果", en="Some findings need the pharmacist's confirmation, one by one")


class FindingChanged(Conflict):
    """A reason was given for words that the checks do not say any more."""

    slug = "finding-changed"
    title = Text(zh="这一条的内容变了，请看过新的再写理由",
                 en="This finding says something else by now; please read it and give the reason anew")


class LineMissing(Problem):
    slug = "no-such-line"
    status = 404
    title = Text(zh="处方里没有这一行", en="The prescription has no such line")


class OwnPrescription(NotAllowed):
    """Nobody reviews what they prescribed."""

    slug = "own-prescription"
    title = Text(zh="不能审核自己开的处方", en="You cannot review your own prescription")


class SignatureBroken(Conflict):
    """The content no longer fits the signature."""

    slug = "signature-broken"
    title = Text(zh="签名核对不上，内容可能被改过", en="The signature does not fit: the content may have been changed")


class NoDiagnosis(Conflict):
    slug = "no-diagnosis"
    title = Text(zh="请先写诊断再开处方", en="Please record a diagnosis before prescribing")


class ReasonMissing(Invalid):
    slug = "reason-missing"
    title = Text(zh="请写明原因", en="Please state the reason")


class ReliedOn(Conflict):
    """Somebody ordered, or scanned the paper, since it was approved: it is never withdrawn behind their back."""

    slug = "already-relied-on"
    title = Text(zh="患者已经下单，或药房已经查验过，不能收回。确有问题，请医生撤销处方",
                 en="It was ordered or shown to a pharmacy already and cannot be taken back. "
                    "If something is wrong, ask the doctor to revoke it")


class TakeBackOver(Conflict):
    """The minutes in which an approval can be taken back are over; `until` says since when."""

    slug = "take-back-over"
    title = Text(zh="可以收回的时间过了。确有问题，请医生撤销处方",
                 en="The time in which it could be taken back is over. "
                    "If something is wrong, ask the doctor to revoke it")


class ListChanged(Conflict):
    """What was ticked does not stand on the list any more."""

    slug = "list-changed"
    title = Text(zh="清单变了，请再看一遍", en="The list has changed, please look again")


class HeldByColleague(Conflict):
    """Another pharmacist has this review in hand until `until`."""

    slug = "held-by-colleague"
    title = Text(zh="同事正在审这张处方", en="A colleague is reviewing this prescription")
