"""The signed decision file: everything that decided, checked with the public key alone; any change is found."""
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.kit.text import Text
from app.policy import api as policy
from app.policy import signed
from app.policy.canonical import canonical_bytes
from tests.policy.test_every_decision_is_kept import DR_LIN, judge_once
from tests.policy.test_the_policy_command import run

HOUSE_NAME = Text(zh="示范互联网医院", en="Demo Hospital")


def filed(house: Any, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The file of one decision, as it is downloaded, and the keys that the house publishes."""
    kept = judge_once(house, **changes)
    with house.read(DR_LIN) as work:
        file = policy.signed_decision(work, policy.decision_row(work, kept.row.id), HOUSE_NAME)
        return json.loads(json.dumps(file)), policy.decision_keys(work)


def faults(file: dict[str, Any], keys: dict[str, Any]) -> tuple[str, ...]:
    return signed.verify(json.dumps(file).encode(), keys).faults


@pytest.mark.invariant(2)
@pytest.mark.parametrize("changes", [{}, {"prior__offline_diagnosis": False}, {"rx__days": "7"},
                                     {"patient__age_years": None}])
def test_an_untouched_file_holds_whatever_was_decided(house, changes):
    file, keys = filed(house, **changes)
    assert faults(file, keys) == ()
    assert file["decision"]["house"] == HOUSE_NAME.model_dump() and file["decision"]["policies"]


def test_the_file_says_what_would_change_it_in_words_and_which_rules_were_quiet(house):
    file, _ = filed(house, prior__offline_diagnosis=False)
    told = file["decision"]
    assert told["would_change"][0]["rule"] == "CN-VISIT-01" and told["would_change"][0]["how"]["zh"]
    assert "CN-RX-01" in told["judged_quiet"] and "CN-VISIT-01" not in told["judged_quiet"]
    assert "CN-DISP-01" not in told["judged_quiet"], "a rule of another step was not judged"


def test_any_jose_library_can_verify_the_signature(house):
    """By hand, as RFC 7515 says: the signature covers the header, a dot and the canonical bytes."""
    file, keys = filed(house)
    payload = base64.urlsafe_b64encode(canonical_bytes(file["decision"])).rstrip(b"=")
    raw = {name: base64.urlsafe_b64decode(text + "==") for name, text in (
        ("key", keys["keys"][0]["x"]), ("signature", file["signature"]["signature"]))}
    Ed25519PublicKey.from_public_bytes(raw["key"]).verify(
        raw["signature"], file["signature"]["protected"].encode() + b"." + payload)


@pytest.mark.invariant(2)
@pytest.mark.parametrize("path", [
    ("record", "decision", "verdict"), ("record", "facts", 0, "value"), ("record", "as_of"), ("sha256",),
    ("house", "en"), ("issued_at",), ("policies", 0, "version"), ("would_change",)])
def test_a_changed_file_does_not_hold(house, path):
    file, keys = filed(house, prior__offline_diagnosis=False)
    *steps, last = path
    at = file["decision"]
    for step in steps:
        at = at[step]
    at[last] = {"verdict": "allow", "as_of": "2026-01-01", "would_change": []}.get(last, "other")
    assert any("signature does not fit" in fault for fault in faults(file, keys))


def test_a_file_that_another_house_signed_does_not_hold(house):
    file, keys = filed(house)
    other = signed.sign(file["decision"], Ed25519PrivateKey.generate())
    assert any("not among" in fault for fault in faults(other, keys))


def test_a_house_that_signs_a_false_result_is_found_by_computing_again(house):
    """Whoever holds the key can sign anything; the policies in the file say what the facts lead to."""
    file, _ = filed(house, prior__offline_diagnosis=False)
    told, key = file["decision"], Ed25519PrivateKey.generate()
    told["record"]["decision"]["verdict"] = "allow"
    told["sha256"] = signed.sha256_hex(canonical_bytes(told["record"]))
    lied = signed.sign(told, key)
    assert faults(lied, {"keys": [signed.public_jwk(key.public_key())]}) == (
        "the same facts under the same policies give another result",)


def test_policies_that_were_exchanged_are_found(house):
    file, _ = filed(house)
    told, key = file["decision"], Ed25519PrivateKey.generate()
    told["policies"][0]["params"]["rx_days_general"] = 30
    assert faults(signed.sign(told, key), {"keys": [signed.public_jwk(key.public_key())]}) == (
        "the policies in the file are not those that the decision names",)


def test_the_command_says_so_with_its_exit_status(house, tmp_path: Path):
    file, keys = filed(house)
    paper, public = tmp_path / "decision.json", tmp_path / "keys.json"
    paper.write_text(json.dumps(file)), public.write_text(json.dumps(keys))
    status, said = run("verify", str(paper), "--key", str(public))
    assert status == 0 and "holds" in said and file["decision"]["record"]["id"] in said
    assert json.loads(run("verify", str(paper), "--key", str(public), "--json")[1])["holds"] is True
    file["decision"]["issued_at"] = "2020-01-01"
    paper.write_text(json.dumps(file))
    assert run("verify", str(paper), "--key", str(public))[0] == 1


@pytest.mark.parametrize("content", [
    b"", b"\xff\xfe", b"[]", b"{}", b'{"decision": {"format": "fuzhen-decision/1"}, "signature": {}}',
    b'{"decision": 1, "signature": 2}', b"[" * 100_000, b'{"decision": {"format": "x"}, "signature": {}}'])
def test_what_is_no_decision_file_is_said_in_one_sentence(tmp_path: Path, content: bytes):
    paper, public = tmp_path / "decision.json", tmp_path / "keys.json"
    paper.write_bytes(content), public.write_text('{"keys": []}')
    status, said = run("verify", str(paper), "--key", str(public))
    assert status == 2 and said.count("\n") == 1 and "Traceback" not in said
    status, said = run("verify", str(public), "--key", str(paper))
    assert status == 2 and said.count("\n") == 1


def test_a_deeply_nested_or_odd_signature_is_a_fault_and_no_crash(house, tmp_path: Path):
    file, keys = filed(house)
    for odd in ("", "%%%", "e30", 7, None, {"a": 1}):
        broken = {**file, "signature": {**file["signature"], "protected": odd}}
        with pytest.raises(policy.PolicyError):
            signed.verify(json.dumps(broken).encode(), keys)


@pytest.mark.parametrize("twice", [
    lambda text: text.replace('{"decision":', '{"decision": {"format": "fuzhen-decision/1"}, "decision":', 1),
    lambda text: text.replace('"verdict":', '"verdict": "allow", "verdict":', 1),
    lambda text: text.replace('"kid":', '"kid": "mine", "kid":', 1)])
def test_a_member_that_stands_twice_is_refused(house, twice):
    """Last wins here, first wins elsewhere: what people read must be what was signed."""
    file, keys = filed(house)
    text = json.dumps(file)
    with pytest.raises(policy.PolicyError):
        signed.verify(twice(text).encode(), keys)
    assert twice(text) != text and signed.verify(text.encode(), keys).holds


def test_what_stands_beside_the_signed_part_is_refused(house):
    file, keys = filed(house)
    for odd in ({**file, "verdict": "allow"}, {**file, "signature": {**file["signature"], "header": {}}},
                {**file, "decision": {**file["decision"], "note": "x"}}):
        with pytest.raises(policy.PolicyError, match="does not hold"):
            signed.verify(json.dumps(odd).encode(), keys)
    with pytest.raises(policy.PolicyError):
        signed.read_keys(b'{"keys": [], "keys": []}')
