"""What can be wrong with an order."""
from app.kit.problems import Conflict, Invalid, Problem
from app.kit.text import Text


class PharmacyCannotFill(Conflict):
    """`obstacles` says why this pharmacy cannot fill the whole prescription."""

    slug = "pharmacy-cannot-fill"
    title = Text(zh="这家药房配不齐这张处方", en="This pharmacy cannot fill the whole prescription")


class ChannelNotOffered(Conflict):
    slug = "channel-not-offered"
    title = Text(zh="这家药房不提供这种取药方式", en="This pharmacy does not offer that way of getting the medicine")


class OrderOpenAlready(Conflict):
    slug = "order-open-already"
    title = Text(zh="这张处方已经有一个没结束的订单", en="This prescription already has an open order")


class OrderOver(Conflict):
    slug = "order-over"
    title = Text(zh="这个订单已经结束", en="This order is over")


class AddressMissing(Invalid):
    slug = "address-missing"
    title = Text(zh="请写收货地址和联系电话", en="Please give the address and a phone number")


class NotLateYet(Conflict):
    """The box is closed and may still come in time; from `possible_at` on the patient need not wait any longer."""

    slug = "not-late-yet"
    title = Text(zh="药已经装好或在路上，还不能取消；到时没有送到，就可以全额退款",
                 en="It is packed or on its way, so it cannot be cancelled yet; if it does not come in time you can "
                    "take all your money back")


class BoxTooOld(Conflict):
    """The box was closed too long ago: it comes back or is set aside, and the money goes back."""

    slug = "box-too-old"
    title = Text(zh="这一箱装好太久了，不能再交给患者，请退回或隔离",
                 en="This box was closed too long ago to be handed out: bring it back or set it aside")


class OfferGone(Conflict):
    """The offer was answered, lapsed or withdrawn; `state` says which."""

    slug = "offer-gone"
    title = Text(zh="这个订单已经不在您这里了", en="This order is no longer offered to you")


class CodeWrong(Problem):
    """`tries_left` says how many tries remain."""

    slug = "delivery-code-wrong"
    status = 422
    title = Text(zh="取药码不对", en="The code is not right")


class CodeBlocked(Conflict):
    slug = "delivery-code-blocked"
    title = Text(zh="错了五次，请患者在订单里换一个新的取药码",
                 en="Five wrong codes: please ask the patient to make a new one on the order's page")


class PackUnknown(Problem):
    """The scanned code does not belong to any medicine of this order."""

    slug = "pack-unknown"
    status = 422
    title = Text(zh="这盒药不在订单里", en="This pack does not belong to the order")


class PackTooMany(Conflict):
    slug = "pack-too-many"
    title = Text(zh="这种药已经扫够了", en="Enough packs of this medicine are scanned already")


class PackSeenBefore(Conflict):
    """The code was sold before: counterfeit or returned medicine. Put it aside and take another pack."""

    slug = "pack-seen-before"
    title = Text(zh="这个追溯码以前卖出过，请放到一边，换一盒",
                 en="This code was sold before: put the pack aside, take another")


class PacksMissing(Conflict):
    """`missing` counts the packs that are not scanned yet."""

    slug = "packs-missing"
    title = Text(zh="还有药没扫码", en="Some packs are not scanned yet")


class TemperatureMissing(Conflict):
    slug = "temperature-missing"
    title = Text(zh="冷藏药要先上传温度记录", en="A cold medicine needs its temperature log first")
