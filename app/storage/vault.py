"""Sealed columns (AES-256-GCM) and blind indexes (HMAC-SHA-256) for personal data in tables."""
import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.storage.keys import KeyRing


class Unreadable(Exception):
    """A sealed value was changed, moved to another place, or belongs to another master key."""


class Vault:
    """Seals short texts for one named place ("patient.id_number"), so that they cannot be swapped."""

    def __init__(self, keys: KeyRing) -> None:
        self._cipher = AESGCM(keys.derive("vault.seal"))
        self._index_key = keys.derive("vault.index")

    def seal(self, text: str, place: str) -> str:
        """Encrypt `text` for `place`; returns base64 of nonce and ciphertext."""
        nonce = os.urandom(12)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())).decode()

    def open(self, sealed: str, place: str) -> str:
        """Decrypt what `seal` returned for the same place. Raises Unreadable."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:12], raw[12:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable(place) from error

    def blind_index(self, text: str, place: str) -> str:
        """A keyed fingerprint to find equal values without reading them (hex, 64 characters)."""
        return hmac.new(self._index_key, f"{place}\0{text}".encode(), hashlib.sha256).hexdigest()
