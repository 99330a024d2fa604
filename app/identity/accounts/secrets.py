"""Passwords, tokens and codes: how they are made, and what is kept of them."""
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# 19 MiB, two passes, one lane: a setting of the OWASP password storage guide, 25 to 32 ms of one core
PASSWORDS = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1),))
STEP = 30
_nobody: list[str] = []


def hash_password(password: str) -> str:
    """Argon2id with a salt of its own."""
    return PASSWORDS.hash(password)


def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Compare; also returns a fresh hash when the parameters have moved on since. None takes as long."""
    if stored is None:
        if not _nobody:
            _nobody.append(PASSWORDS.hash(secrets.token_hex(16)))
        PASSWORDS.verify(password, _nobody[0])
        return False, None
    return PASSWORDS.verify_and_update(password, stored)


def new_token() -> str:
    """256 random bits for a cookie or an Authorization header."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the table keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Six digits for a text message."""
    return f"{secrets.randbelow(1_000_000):06d}"


def totp_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step (RFC 6238, 30 s) whose code this is, one before and one after included; else None."""
    now, totp = int(at.timestamp()) // STEP, pyotp.TOTP(secret)
    digits = "".join(code.split())
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None
