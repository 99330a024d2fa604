"""What the talk says of third people: their role, never their name."""
from app.kit.text import Text

CAME = {
    "relative": Text(zh="家属进来了", en="A relative has joined the call"),
    "guardian": Text(zh="监护人进来了", en="The guardian has joined the call"),
    "interpreter": Text(zh="翻译进来了", en="The interpreter has joined the call"),
    "doctor": Text(zh="会诊医生进来了", en="A second doctor has joined the call"),
}
WENT = {
    "relative": Text(zh="家属离开了通话", en="The relative has left the call"),
    "guardian": Text(zh="监护人离开了通话", en="The guardian has left the call"),
    "interpreter": Text(zh="翻译离开了通话", en="The interpreter has left the call"),
    "doctor": Text(zh="会诊医生离开了通话", en="The second doctor has left the call"),
}
