"""What the talk and the inbox say about a call."""
from app.kit.text import Text
from consult.call.models import Call

ASKED = {
    ("doctor", "video"): Text(zh="医生想和您视频通话", en="The doctor would like to talk by video"),
    ("doctor", "voice"): Text(zh="医生想和您语音通话", en="The doctor would like to talk by voice"),
    ("patient", "video"): Text(zh="患者想和医生视频通话", en="The patient would like to talk by video"),
    ("patient", "voice"): Text(zh="患者想和医生语音通话", en="The patient would like to talk by voice"),
}
NOT_ANSWERED = {
    "declined": Text(zh="对方现在不方便通话，可以接着打字", en="Not able to talk right now; please go on in writing"),
    "missed": Text(zh="通话没有人接听，可以接着打字", en="Nobody answered the call; please go on in writing"),
    "withdrawn": Text(zh="通话取消了", en="The call was cancelled"),
}


def asked_words(side: str, kind: str) -> Text:
    """The line of the talk when somebody rings."""
    return ASKED[side, kind]


def ended_words(call: Call) -> Text:
    """The line of the talk when a call is over."""
    if call.state in NOT_ANSWERED:
        return NOT_ANSWERED[call.state]
    if not call.connected_seconds:
        return Text(zh="通话结束，没有接通；可以再打一次，或者打字",
                    en="The call has ended without a connection; please call again, or write")
    minutes, seconds = divmod(call.connected_seconds, 60)
    return Text(zh=f"通话结束，通话 {minutes} 分 {seconds} 秒",
                en=f"The call has ended after {minutes} min {seconds} s")
