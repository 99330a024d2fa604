"""The HMAC scheme of webhooks (`t=…,v1=…` over `t.body`, SHA-256), as Stripe documents it."""
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from app.payments.providers.port import WebhookRejected

TOLERANCE_SECONDS = 300


def header_of(headers: Mapping[str, str], name: str) -> str:
    """Find a header whatever its case. Raises WebhookRejected when it is missing."""
    for key, value in headers.items():
        if key.lower() == name.lower() and value:
            return value
    raise WebhookRejected(reason="no_signature")


def _pairs(header: str) -> list[tuple[str, str]]:
    """Split `a=b,c=d`; a part without a sign of equality is dropped."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    return [(name, value) for name, sign, value in parts if sign]


def _digest(secret: bytes, stamp: str, raw: bytes) -> str:
    return hmac.new(secret, stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()


def sign(raw: bytes, secret: bytes, at: datetime) -> str:
    """Write the signature header for these exact bytes at this moment."""
    stamp = str(int(at.timestamp()))
    return f"t={stamp},v1={_digest(secret, stamp, raw)}"


def check_time(header: str, now: datetime) -> str:
    """Return the stamp if it lies within 300 s of `now`, before or after. Raises WebhookRejected.

    Stripe's own library accepts a stamp of the future; a stolen secret could then sign ahead of time.
    """
    stamps = [value for name, value in _pairs(header) if name == "t"]
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:
        raise WebhookRejected(reason="no_time")
    if abs(int(stamps[0]) - now.timestamp()) > TOLERANCE_SECONDS:
        raise WebhookRejected(reason="wrong_time")
    return stamps[0]


def verify(raw: bytes, header: str, secret: bytes, now: datetime) -> None:
    """Hold raw bytes against their header; one good v1 of several is enough (rotation of the secret)."""
    stamp = check_time(header, now)
    expected = _digest(secret, stamp, raw).encode()
    given = [value.encode() for name, value in _pairs(header) if name == "v1"]
    if not any(hmac.compare_digest(expected, signature) for signature in given):
        raise WebhookRejected(reason="wrong_signature")
