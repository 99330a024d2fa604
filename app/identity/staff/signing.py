"""A practitioner's own signing key: ES256 (RFC 7518), opened only by the PIN, sealed by the installation.

The private key is encrypted by a key derived from the PIN (Argon2id) and the result is sealed by the vault:
the database alone gives nothing away, and the installation's key without the PIN signs nothing.
"""
import base64
import json
import os
from dataclasses import dataclass
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_public_key,
)

from app.audit import Trace
from app.identity.accounts.rates import PIN_MISSES, counted, forget, require_room
from app.identity.accounts.sign_in import confirm_second_code
from app.identity.problems import NoSigningKey, WrongPin
from app.identity.staff.models import Practitioner, SigningKey
from app.kit.problems import NotAllowed, invalid
from app.storage import Vault
from app.work import Work

ALGORITHM = "ES256"
PLACE = "signing_key.private"
HALF = 32
KDF = {"time_cost": 3, "memory_cost": 19456, "parallelism": 1}


@dataclass(frozen=True)
class Signature:
    """What stands beside signed bytes; `signature` is base64 of r and s, 32 bytes each (RFC 7518 §3.4)."""

    key_id: UUID
    algorithm: str
    signature: str
    public_key: str


def set_signing_pin(work: Work, practitioner_id: UUID, pin: str, totp: str | None = None) -> SigningKey:
    """Make a new key pair under a PIN of 6 digits; an earlier key is retired and still proves old signatures.

    Whoever has a key already confirms with a fresh authenticator code: an open screen is not enough.
    Raises NotAllowed, Invalid, SecondCodeNeeded, WrongSecondCode.
    """
    if work.actor.role != "house" and work.actor.practitioner_id != practitioner_id:
        raise NotAllowed
    holder = work.get(Practitioner, practitioner_id, lock=True)
    _require_good_pin(pin)
    if work.actor.role != "house" and holder.signing_key_id is not None:
        confirm_second_code(work, totp)
    if holder.signing_key_id is not None:
        old = work.get(SigningKey, holder.signing_key_id)
        old.retired_at = work.now
        work.add(old)
    made = work.add(_new_key(work, practitioner_id, pin))
    holder.signing_key_id, holder.public_key = made.id, made.public_key
    work.add(holder)
    forget(work, PIN_MISSES, str(practitioner_id))
    work.trace(Trace("SigningKeyMade", "own", subject_kind="signing_key", subject_id=made.id))
    return made


def sign_bytes(work: Work, practitioner_id: UUID, pin: str, data: bytes) -> Signature:
    """Sign as oneself. Raises NotAllowed, NoSigningKey, WrongPin, and SlowDown after five wrong PINs."""
    if work.actor.practitioner_id != practitioner_id:
        raise NotAllowed
    holder = work.get(Practitioner, practitioner_id)
    if holder.signing_key_id is None:
        raise NoSigningKey
    left = require_room(work, PIN_MISSES, str(practitioner_id))
    key = work.get(SigningKey, holder.signing_key_id, lock=True)
    try:
        private = _unlock(work, key, pin)
    except InvalidTag as error:
        raise counted(WrongPin(field="pin", left=left - 1), (PIN_MISSES, str(practitioner_id))) from error
    forget(work, PIN_MISSES, str(practitioner_id))
    r, s = decode_dss_signature(private.sign(data, ec.ECDSA(SHA256())))
    raw = r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")
    return Signature(key.id, ALGORITHM, base64.b64encode(raw).decode(), key.public_key)


def verify_signature(public_pem: str, data: bytes, signature: str) -> bool:
    """Tell whether these very bytes were signed by the holder of this key; False for anything malformed."""
    try:
        key, raw = load_pem_public_key(public_pem.encode()), base64.b64decode(signature, validate=True)
        if not isinstance(key, ec.EllipticCurvePublicKey) or len(raw) != 2 * HALF:
            return False
        r, s = int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big")
        key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_holder(work: Work, key_id: UUID) -> tuple[UUID, str] | None:
    """Whose key this is or was: (practitioner id, public key PEM); None for a key of nobody here."""
    key = work.find(SigningKey, key_id)
    return (key.practitioner_id, key.public_key) if key else None


def _require_good_pin(pin: str) -> None:
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)} if pin.isdecimal() else set()
    if len(pin) != 6 or not pin.isascii() or not pin.isdecimal():
        raise invalid("pin", "签名密码为 6 位数字。", "The signing PIN has 6 digits.")
    if steps in ({0}, {1}, {9}):
        raise invalid("pin", "这个签名密码太容易猜到，请换一个。",
                      "This PIN is easy to guess, please choose another one.")


def _new_key(work: Work, practitioner_id: UUID, pin: str) -> SigningKey:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    plain = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, nonce = os.urandom(16), os.urandom(12)
    locked = AESGCM(_pin_key(pin, salt, KDF)).encrypt(nonce, plain, str(practitioner_id).encode())
    parts = {"kdf": KDF, "salt": _b64(salt), "nonce": _b64(nonce), "locked": _b64(locked)}
    return SigningKey(practitioner_id=practitioner_id, public_key=public, created_at=work.now,
                      private_key_sealed=work.tool(Vault).seal(json.dumps(parts), PLACE))


def _unlock(work: Work, key: SigningKey, pin: str) -> ec.EllipticCurvePrivateKey:
    parts = json.loads(work.tool(Vault).open(key.private_key_sealed, PLACE))
    secret = _pin_key(pin, base64.b64decode(parts["salt"]), parts["kdf"])
    plain = AESGCM(secret).decrypt(base64.b64decode(parts["nonce"]), base64.b64decode(parts["locked"]),
                                   str(key.practitioner_id).encode())
    return load_der_private_key(plain, None)  # type: ignore[return-value]


def _pin_key(pin: str, salt: bytes, kdf: dict[str, int]) -> bytes:
    return hash_secret_raw(pin.encode(), salt, hash_len=32, type=Type.ID, **kdf)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
