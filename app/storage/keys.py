"""One master key of the installation, and the purposes derived from it (HKDF, RFC 5869)."""
import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyRing:
    """Derives a key for each purpose; the master key itself leaves this object nowhere."""

    def __init__(self, master: bytes) -> None:
        if len(master) != 32:
            raise ValueError("the master key has 32 bytes")
        self._master = master

    @classmethod
    def from_text(cls, text: str) -> "KeyRing":
        """Read a master key from URL-safe or plain base64 of 32 bytes. Raises ValueError."""
        plain = text.replace("-", "+").replace("_", "/")
        return cls(base64.b64decode(plain + "=="[: -len(plain) % 4], validate=True))

    @classmethod
    def from_file(cls, path: Path) -> "KeyRing":
        """Read the demo's key file, made with mode 600 at the first start."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(base64.b64encode(secrets.token_bytes(32)).decode())
        return cls.from_text(path.read_text().strip())

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """Return `length` bytes that only this purpose uses."""
        return HKDF(hashes.SHA256(), length, salt=b"fuzhen", info=purpose.encode()).derive(self._master)

    def signing_key(self, purpose: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key of a purpose, such as the audit checkpoints."""
        return Ed25519PrivateKey.from_private_bytes(self.derive(purpose))
