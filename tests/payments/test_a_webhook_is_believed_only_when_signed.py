"""Raw bytes, signature, time on both sides: anything else is a 400 from which nothing was read."""
import json

import pytest
import stripe

from app.kit.ids import uuid7
from app.payments.providers import signatures
from app.payments.providers.port import WebhookRejected
from tests.payments.cashiers import SANDBOX_SECRET, open_counter
from tests.payments.fake_stripe import WEBHOOK_SECRET

OTHER = b"another secret, also long enough"
NAMES = ["sandbox", "stripe"]


class Signer:
    """Signs any bytes at any time as the outside of one provider would."""

    def __init__(self, name, database, clock):
        self.counter = open_counter(name, database, clock)
        self.provider, self.clock = self.counter.provider, clock
        self.secret = SANDBOX_SECRET if name == "sandbox" else WEBHOOK_SECRET.encode()
        self.header = "Sandbox-Signature" if name == "sandbox" else "Stripe-Signature"

    def stamp(self, skew=0):
        return int(self.clock.now().timestamp()) + skew

    def signature(self, raw, secret=None, skew=0):
        return stripe.WebhookSignature.generate_signature_header(
            raw.decode(), (secret or self.secret).decode(), self.stamp(skew))

    def read(self, raw, signature):
        return self.provider.parse_webhook(raw, {self.header.lower(): signature})

    def body(self):
        payment = str(uuid7())
        thing = {"object": "payment_intent", "id": "pi_1", "metadata": {"payment_id": payment}}
        return json.dumps({"id": "evt_1", "object": "event", "type": "payment_intent.succeeded",
                           "ref": "pi_1", "payment_id": payment, "data": {"object": thing}}).encode()


@pytest.fixture
def database():
    """Nothing here touches a database."""
    return None


@pytest.fixture(params=NAMES)
def signer(request, database, clock):
    return Signer(request.param, database, clock)


def refused(signer, raw, signature):
    with pytest.raises(WebhookRejected) as problem:
        signer.read(raw, signature)
    assert problem.value.status == 400
    return problem.value.facts["reason"]


def test_a_good_notice_is_read_with_its_ids_and_its_exact_bytes(signer):
    raw = signer.body()
    event = signer.read(raw, signer.signature(raw))
    assert (event.id, event.kind, event.ref) == ("evt_1", "payment_intent.succeeded", "pi_1")
    assert str(event.payment_id) == json.loads(raw)["payment_id"]
    assert event.raw == raw


def test_our_signature_and_the_one_of_stripe_are_the_same(signer):
    raw = signer.body()
    assert signatures.sign(raw, signer.secret, signer.clock.now()) == signer.signature(raw)


def test_a_wrong_secret_is_refused(signer):
    raw = signer.body()
    assert refused(signer, raw, signer.signature(raw, secret=OTHER)) == "wrong_signature"


def test_a_missing_header_is_refused(signer):
    with pytest.raises(WebhookRejected):
        signer.provider.parse_webhook(signer.body(), {})


def test_a_changed_byte_is_refused(signer):
    raw = signer.body()
    assert refused(signer, raw.replace(b"evt_1", b"evt_2"), signer.signature(raw)) == "wrong_signature"


def test_a_body_that_was_parsed_and_written_again_is_refused(signer):
    raw = signer.body()
    again = json.dumps(json.loads(raw), separators=(",", ":")).encode()
    assert refused(signer, again, signer.signature(raw)) == "wrong_signature"


def test_an_old_scheme_alone_is_refused(signer):
    raw = signer.body()
    refused(signer, raw, signer.signature(raw).replace("v1=", "v0="))


@pytest.mark.parametrize("skew", [-3600, -301, 301, 3600])
def test_a_notice_from_another_time_is_refused_in_both_directions(signer, skew):
    raw = signer.body()
    assert refused(signer, raw, signer.signature(raw, skew=skew)) == "wrong_time"


@pytest.mark.parametrize("skew", [-299, 299])
def test_a_clock_that_is_a_little_off_is_forgiven(signer, skew):
    raw = signer.body()
    assert signer.read(raw, signer.signature(raw, skew=skew)).id == "evt_1"


@pytest.mark.parametrize("garbage", ["garbage", "t=,v1=", "t=12x,v1=ab", "v1=ab", "t=-5,v1=a", "t=1,t=2,v1=a",
                                     "t=99999999999999999999,v1=a", ",,,", "t=١٢٣,v1=a"])
def test_a_garbled_header_is_refused(signer, garbage):
    refused(signer, signer.body(), garbage)


def test_during_a_change_of_secret_one_good_signature_of_two_is_enough(signer):
    raw = signer.body()
    bad, good = signer.signature(raw, secret=OTHER), signer.signature(raw)
    assert signer.read(raw, f"{bad},{good.split(',')[1]}").id == "evt_1"


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"{}", b'{"id": 7, "type": "x"}',
                                 b'{"id": "evt_1"}'])
def test_signed_nonsense_is_refused_too(signer, raw):
    header = signatures.sign(raw, signer.secret, signer.clock.now())
    refused(signer, raw, header)


def test_a_refund_event_of_stripe_leads_to_its_payment(database, clock):
    counter = open_counter("stripe", database, clock)
    ref = counter.paid()
    counter.provider.refund(ref, 500, "refund:one")
    event = counter.fake.events[-1]
    assert counter.provider.parse_webhook(*counter.fake.webhook(event)).ref == ref


def test_cash_at_the_door_has_no_webhooks(database, clock):
    provider = open_counter("on_delivery", database, clock).provider
    with pytest.raises(WebhookRejected):
        provider.parse_webhook(b"{}", {"Stripe-Signature": "t=1,v1=a"})
