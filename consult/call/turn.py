"""Passwords for a relay that end by themselves: the scheme of draft-uberti-behave-turn-rest, which coturn checks.

The relay knows only the secret that it shares with us; a password is an HMAC of its end and of a random name.
"""
import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class IceServer:
    """What a browser wants to know of a relay."""

    urls: tuple[str, ...]
    username: str
    credential: str


def relay_password(secret: str, username: str) -> str:
    """The password of a name; SHA-1 because the scheme says so, and an HMAC stands on no collision."""
    mac = hmac.new(secret.encode(), username.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


def relay_servers(urls: Sequence[str], secret: str, name: str, until: datetime) -> tuple[IceServer, ...]:
    """The relays with a password for `name` (random: it stands in the relay's log) that ends at `until`."""
    if not urls:
        return ()
    username = f"{int(until.timestamp())}:{name}"
    return (IceServer(tuple(urls), username, relay_password(secret, username)),)
