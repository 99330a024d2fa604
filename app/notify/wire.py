"""Which sender of text messages this installation uses."""
from app.kit.tools import Tools
from app.notify.sms import InboxSms, LogNothingSms, SmsSender
from app.settings import Settings


def wire(tools: Tools, settings: Settings) -> None:
    """Register the SMS adapter that the settings name."""
    adapters = {"inbox": InboxSms, "log_nothing": LogNothingSms}
    tools.put(SmsSender, adapters[settings.sms_adapter]())  # type: ignore[type-abstract]
