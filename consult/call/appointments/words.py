"""What the talk and the inbox say of an agreed time; never about health."""
from datetime import datetime

from app.kit.clock import HOSPITAL_ZONE
from app.kit.text import Text

WHO = {"patient": Text(zh="患者", en="The patient"),
       "doctor": Text(zh="医生", en="The doctor"),
       "house": Text(zh="对方", en="The other side")}
KIND = {"video": Text(zh="视频通话", en="a video call"), "voice": Text(zh="语音通话", en="a voice call")}
SAYS = {
    "proposed": Text(zh="{who}想约 {at} {kind}", en="{who} would like {kind} on {at}"),
    "booked": Text(zh="约好了：{at} {kind}", en="Agreed: {kind} on {at}"),
    "declined": Text(zh="{at} 的{kind}没有约成，可以另约时间",
                     en="{who} cannot make {kind} on {at}; another time may do"),
    "cancelled": Text(zh="{at} 的{kind}取消了", en="{kind} on {at} was called off"),
    "lapsed": Text(zh="{at} 的{kind}没有人答复，不算约好",
                   en="Nobody answered about {kind} on {at}; it was not agreed"),
    "noshow": Text(zh="约好的 {at} {kind}没有打成，看诊还在继续，可以另约时间或打字",
                   en="{kind} agreed for {at} did not happen; the visit goes on, so propose another time or write"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SOON = Text(zh="约好的{kind}快到了：{at}", en="{kind} is coming up: {at}")
NOW = Text(zh="约好的{kind}时间到了，可以打过去", en="It is time for {kind}; you can call now")


def at_words(moment: datetime) -> Text:
    """A moment as people here say it, by the hospital's clock."""
    here = moment.astimezone(HOSPITAL_ZONE)
    return Text(zh=f"{here.month}月{here.day}日 {here:%H:%M}", en=f"{here.day} {MONTHS[here.month - 1]}, {here:%H:%M}")


def says(what: Text, kind: str, starts_at: datetime, who: str = "patient") -> Text:
    """One of the sentences above with its facts, in both languages."""
    at = at_words(starts_at)
    en = what.en.format(who=WHO[who].en, kind=KIND[kind].en, at=at.en)
    return Text(zh=what.zh.format(who=WHO[who].zh, kind=KIND[kind].zh, at=at.zh), en=en[:1].upper() + en[1:])
