"""Which sender of text messages this installation uses."""
from app.kit.tools import Tools, plugged
from app.notify.sms import InboxSms, LogNothingSms, SmsSender
from app.settings import Settings


def wire(tools: Tools, settings: Settings) -> None:
    """Register the SMS adapter that the settings name."""
    shipped = {"inbox": InboxSms, "log_nothing": LogNothingSms}
    tools.put(SmsSender, plugged(settings.sms_adapter, shipped, SmsSender))  # type: ignore[type-abstract]
