"""A decision as a signed file: everything that decided it, so that anybody can check it without asking the hospital.

`decision` is the readable part. `signature` is a JWS with detached content (RFC 7515, appendix F) by Ed25519
(RFC 8037); its payload are the bytes of `decision` as canonical JSON (RFC 8785), so any JOSE library verifies it.
"""
import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.kit.text import Text
from app.policy.canonical import canonical_bytes, fingerprint, sha256_hex
from app.policy.decision import Decision
from app.policy.loading import parse_policy
from app.policy.models import PolicyDecision
from app.policy.policy_set import PolicySet
from app.policy.problems import unusable
from app.policy.queries import policies_of, read_record
from app.policy.record import DecisionRecord, recompute
from app.policy.remedies import remedies, say_remedy
from app.storage import KeyRing
from app.work import Work

FORMAT = "fuzhen-decision/1"
PURPOSE = "policy.decision"
MAX_BYTES = 4_000_000
MEMBERS = {"decision": {"format", "house", "issued_at", "sha256", "record", "would_change", "judged_quiet", "policies"},
           "signature": {"protected", "signature", "kid"}}


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def public_jwk(key: Ed25519PublicKey) -> dict[str, str]:
    """The public key as a JWK (RFC 8037); `kid` is its thumbprint (RFC 7638)."""
    bare = {"crv": "Ed25519", "kty": "OKP", "x": _b64(key.public_bytes_raw())}
    return {**bare, "kid": _b64(hashlib.sha256(canonical_bytes(bare)).digest()), "alg": "EdDSA", "use": "sig"}


def decision_keys(work: Work) -> dict[str, Any]:
    """The keys by which this house signs decision files, as a JWK set; public."""
    return {"keys": [public_jwk(work.tool(KeyRing).signing_key(PURPOSE).public_key())]}


def signed_decision(work: Work, row: PolicyDecision, house: Text) -> dict[str, Any]:
    """The decision file of a stored decision. Raises DecisionAltered when the record no longer fits its hash."""
    record = read_record(row)
    policies = policies_of(work, record)
    told = {"format": FORMAT, "house": house.model_dump(), "issued_at": _moment(work.now), "sha256": row.sha256,
            "record": json.loads(row.record), "would_change": would_change(policies, record),
            "judged_quiet": quiet_rules(policies, record),
            "policies": [policy.plain() for policy in policies.layers]}
    return sign(told, work.tool(KeyRing).signing_key(PURPOSE))


def would_change(policies: PolicySet, record: DecisionRecord) -> list[dict[str, Any]]:
    """What would free each rule that held the step: the facts, and the same in words."""
    found = remedies(policies, record.stage, record.as_of, record.values())
    return [one.model_dump(mode="json") | {"how": say_remedy(one, policies.registry).model_dump()} for one in found]


def quiet_rules(policies: PolicySet, record: DecisionRecord) -> list[str]:
    """The rules in force that were judged too and had nothing to say; where the step was refused before, none."""
    if any(reason.code != "no_rules" for reason in record.decision.reasons):
        return []
    spoke = {fired.rule for fired in record.decision.fired}
    return [one.rule.id for one in policies.by_stage.get(record.stage, ())
            if one.rule.holds(record.as_of) and one.rule.id not in spoke]


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def sign(told: dict[str, Any], key: Ed25519PrivateKey) -> dict[str, Any]:
    """Put a detached JWS beside the readable part."""
    jwk = public_jwk(key.public_key())
    protected = _b64(canonical_bytes({"alg": "EdDSA", "kid": jwk["kid"], "typ": FORMAT}))
    value = key.sign(f"{protected}.{_b64(canonical_bytes(told))}".encode())
    return {"decision": told, "signature": {"protected": protected, "signature": _b64(value), "kid": jwk["kid"]}}


@dataclass(frozen=True)
class Verified:
    """What holds of a decision file: the signature by a known key, the record's hash, the policies, the result."""

    record: DecisionRecord
    kid: str
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True when nothing was changed and the same policies give the same result."""
        return not self.faults


def read_keys(content: bytes) -> dict[str, Any]:
    """A JWK set as a house publishes it. Raises PolicyError for anything else."""
    try:
        found = json.loads(content, object_pairs_hook=_each_once)
        if not all(one["crv"] == "Ed25519" and len(_unb64(one["x"])) == 32 for one in found["keys"]):
            raise ValueError("not Ed25519")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise unusable("不是公钥文件", "this is not a set of Ed25519 keys") from error
    return dict(found)


def verify(content: bytes, keys: dict[str, Any]) -> Verified:
    """Check a decision file against the keys of a house, without the house. Raises PolicyError for another file."""
    told, signature = _parts(content)
    try:
        record = DecisionRecord.model_validate(told["record"])
        faults = [*_signature_faults(told, signature, keys), *_record_faults(told, record)]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise unusable("不是判定文件", f"not a decision file: {type(error).__name__}") from error
    return Verified(record, str(signature.get("kid", "")), tuple(faults))


def _parts(content: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    if len(content) > MAX_BYTES:
        raise unusable("文件太大", f"the file is larger than {MAX_BYTES} bytes")
    try:
        read = json.loads(content, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise unusable("不是 JSON 文件", "the file is not JSON") from error
    told, signature = (read.get("decision"), read.get("signature")) if isinstance(read, dict) else (None, None)
    if not isinstance(told, dict) or not isinstance(signature, dict) or told.get("format") != FORMAT:
        raise unusable("不是判定文件", f"not a decision file of the format {FORMAT}")
    for name, part in (("", read), *((name, read[name]) for name in MEMBERS)):
        unknown = set(part) - (MEMBERS[name] if name else set(MEMBERS))
        if unknown:
            raise unusable("文件里有判定文件没有的内容", f"a decision file does not hold {min(unknown)[:60]}",
                           field=name)
    return told, signature


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member that stands twice would be read one way here and another way elsewhere. Raises ValueError."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member stands twice")
    return found


def _signature_faults(told: dict[str, Any], signature: dict[str, Any], keys: dict[str, Any]) -> list[str]:
    protected = str(signature["protected"])
    head = json.loads(_unb64(protected))
    known = next((one for one in keys["keys"] if one.get("kid") == head["kid"]), None)
    if known is None or head["alg"] != "EdDSA":
        return ["the file is signed by a key that is not among the given ones"]
    try:
        Ed25519PublicKey.from_public_bytes(_unb64(str(known["x"]))).verify(
            _unb64(str(signature["signature"])), f"{protected}.{_b64(canonical_bytes(told))}".encode())
    except InvalidSignature:
        return ["the signature does not fit: the file was changed after it was signed"]
    return []


def _record_faults(told: dict[str, Any], record: DecisionRecord) -> list[str]:
    faults = []
    if sha256_hex(canonical_bytes(told["record"])) != told["sha256"]:
        faults.append("the record does not fit its own hash")
    if [fingerprint(policy) for policy in told["policies"]] != [one.sha256 for one in record.decision.layers]:
        return [*faults, "the policies in the file are not those that the decision names"]
    if _again(told, record) != record.decision:
        faults.append("the same facts under the same policies give another result")
    return faults


def _again(told: dict[str, Any], record: DecisionRecord) -> Decision:
    return recompute(record, PolicySet.of([parse_policy(policy, str(policy["id"])) for policy in told["policies"]]))
