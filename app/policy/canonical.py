"""One spelling for every record: canonical JSON (RFC 8785) and its SHA-256."""
import hashlib
from typing import Any

import rfc8785


def canonical_bytes(value: Any) -> bytes:
    """Write plain JSON data (dict, list, str, int, float, bool, None) with sorted keys in UTF-8."""
    return rfc8785.dumps(value)


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of `content` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of `value`."""
    return sha256_hex(canonical_bytes(value))
