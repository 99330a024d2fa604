"""Every check, one after the other."""
import asyncio
from datetime import datetime

from app.settings import Settings
from consult.call.checking.findings import Finding
from consult.call.checking.recorder import codec_finding, recorder_finding
from consult.call.checking.relays import relay_findings
from consult.call.checking.surroundings import address_finding, disk_finding, engine_finding, ports_finding


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Takes some seconds, and longer where a relay does not answer."""
    return [address_finding(settings), engine_finding(settings), *asyncio.run(relay_findings(settings, now)),
            ports_finding(), codec_finding(), recorder_finding(settings), disk_finding(settings)]
