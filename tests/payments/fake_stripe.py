"""A strict stand-in for Stripe: refuses what Stripe refuses, misbehaves when told to, opens no port.

The real SDK talks to it through `client()`. It keeps its own truth, which the tests read.
"""
import asyncio
import itertools
import json
import re
from collections import deque
from urllib.parse import parse_qsl

import httpx
import stripe
from starlette.requests import Request
from starlette.responses import JSONResponse

from app.payments.providers.stripe_provider import open_client

KEY = "sk_test_fuzhen"
WEBHOOK_SECRET = "whsec_test_secret_of_the_fake"
HOLD_SECONDS = 7 * 86400
REFUNDABLE = "succeeded"
CANCELLABLE = {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"}


class Refusal(Exception):
    """A 4xx in Stripe's own form."""

    def __init__(self, code, status=400, kind="invalid_request_error", **more):
        super().__init__(code)
        self.status = status
        self.error = {"type": kind, "code": code, "message": code, **more}


def parse_form(text):
    """Read `metadata[a]=1&expand[0]=x` into {"metadata": {"a": "1"}, "expand": {"0": "x"}}."""
    form = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        parts = re.findall(r"[^\[\]]+", name)
        at = form
        for part in parts[:-1]:
            at = at.setdefault(part, {})
        at[parts[-1]] = value
    return form


def only(form, *known):
    """Stripe refuses parameters that it does not know."""
    for name in form:
        if name not in known:
            raise Refusal("parameter_unknown", param=name)


def amount_of(form, name):
    """A positive integer in the smallest unit, or a refusal that names the field."""
    if name not in form:
        raise Refusal("parameter_missing", param=name)
    if not re.fullmatch(r"[0-9]+", form[name]) or int(form[name]) < 1:
        raise Refusal("parameter_invalid_integer", param=name)
    return int(form[name])


class FakeStripe:
    """An ASGI app; `intents`, `refunds` and `events` are its truth, `mishaps` what goes wrong next."""

    def __init__(self, clock):
        self.clock = clock
        self.intents, self.refunds, self.events, self.replies = {}, {}, [], {}
        self.mishaps = deque()          # "lost" (effect, then no reply), "500", "429"; one a POST
        self.refuses_refunds = False    # too old, disputed, or the account is empty
        self.calls = []                 # (method, path) of everything asked
        self.numbers = itertools.count(1)

    async def __call__(self, scope, receive, send):
        request = Request(scope, receive)
        form = parse_form((await request.body()).decode())
        query = parse_form(scope["query_string"].decode())
        self.calls.append((request.method, scope["path"]))
        status, body = self.answer(request, form, query)
        if self.mishaps and self.mishaps[0] == "lost" and request.method == "POST":
            self.mishaps.popleft()
            raise httpx.ReadTimeout("the reply got lost after the effect")
        await JSONResponse(body, status_code=status)(scope, receive, send)

    def answer(self, request, form, query):
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
        if request.method == "GET":
            return self.run(lambda: self.read(request.url.path, query))
        return self.post(request.url.path, request.headers.get("idempotency-key"), form)

    @staticmethod
    def run(what):
        try:
            return 200, what()
        except Refusal as refusal:
            return refusal.status, {"error": refusal.error}

    def post(self, path, key, form):
        """Replay a known key, refuse it with other contents, else act and remember the reply."""
        if self.mishaps and self.mishaps[0] == "429":
            self.mishaps.popleft()
            return 429, {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "slow"}}
        if not key:
            raise AssertionError("a POST came without an idempotency key")
        if key in self.replies:
            known_path, known_form, reply = self.replies[key]
            if (known_path, known_form) != (path, form):
                return 400, {"error": {"type": "idempotency_error", "message": "key of another request"}}
            return reply
        if self.mishaps and self.mishaps[0] == "500":
            self.mishaps.popleft()
            reply = 500, {"error": {"type": "api_error", "message": "sorry"}}
        else:
            reply = self.run(lambda: json.loads(json.dumps(self.act(path, form))))
        self.replies[key] = (path, form, reply)
        return reply

    def act(self, path, form):
        if path == "/v1/payment_intents":
            return self.create_intent(form)
        if path == "/v1/refunds":
            return self.create_refund(form)
        match = re.fullmatch(r"/v1/payment_intents/([^/]+)/(confirm|capture|cancel)", path)
        if not match:
            raise Refusal("unrecognized_request_url", 404)
        return getattr(self, f"{match[2]}_intent")(self.intent(match[1]), form)

    def read(self, path, query):
        if path == "/v1/refunds":
            return self.list_refunds(query)
        if path == "/v1/events":
            return {"object": "list", "data": self.events, "has_more": False, "url": path}
        only(query, "expand")
        return self.intent(path.removeprefix("/v1/payment_intents/"))

    def intent(self, ref):
        if ref not in self.intents:
            raise Refusal("resource_missing", 404, param="intent")
        return self.intents[ref]

    def create_intent(self, form):
        only(form, "amount", "currency", "capture_method", "payment_method_types", "metadata", "expand")
        ref = f"pi_{next(self.numbers)}"
        if form.get("currency") not in {"cny", "hkd", "sgd", "eur"}:
            raise Refusal("parameter_invalid_empty", param="currency")
        self.intents[ref] = {
            "id": ref, "object": "payment_intent", "amount": amount_of(form, "amount"), "amount_received": 0,
            "currency": form["currency"], "status": "requires_payment_method", "latest_charge": None,
            "capture_method": form.get("capture_method", "automatic"), "metadata": form.get("metadata", {}),
            "client_secret": f"{ref}_secret_x", "cancellation_reason": None, "last_payment_error": None}
        return self.tell("created", self.intents[ref])

    def confirm_intent(self, intent, form):
        """What the patient's browser does: 4242… holds, 0002 is declined, 3155 wants another step first."""
        only(form, "payment_method")
        self.need(intent, {"requires_payment_method", "requires_confirmation", "requires_action"})
        if form.get("payment_method") == "pm_card_declined":
            intent.update(status="requires_payment_method", last_payment_error={"code": "card_declined"})
            self.tell("payment_failed", intent)
            raise Refusal("card_declined", 402, "card_error", decline_code="generic_decline")
        if form.get("payment_method") == "pm_card_3ds":
            intent["status"] = "requires_action"
            return self.tell("requires_action", intent)
        ends = int(self.clock.now().timestamp()) + HOLD_SECONDS
        intent.update(status="requires_capture", last_payment_error=None, latest_charge={
            "id": "ch_" + intent["id"], "object": "charge",
            "payment_method_details": {"type": "card", "card": {"capture_before": ends}}})
        if intent["capture_method"] == "automatic":
            return self.succeed(intent, intent["amount"])
        return self.tell("amount_capturable_updated", intent)

    def capture_intent(self, intent, form):
        only(form, "amount_to_capture", "expand")
        self.need(intent, {"requires_capture"})
        fen = amount_of(form, "amount_to_capture") if "amount_to_capture" in form else intent["amount"]
        if fen > intent["amount"]:
            raise Refusal("amount_too_large", param="amount_to_capture")
        return self.succeed(intent, fen)

    def cancel_intent(self, intent, form):
        only(form, "cancellation_reason", "expand")
        self.need(intent, CANCELLABLE)
        intent.update(status="canceled", cancellation_reason=form.get("cancellation_reason"))
        return self.tell("canceled", intent)

    def create_refund(self, form):
        only(form, "payment_intent", "amount", "metadata", "reason")
        intent = self.intent(form.get("payment_intent"))
        self.need(intent, {REFUNDABLE})
        if self.refuses_refunds:
            raise Refusal("charge_not_refundable")
        left = intent["amount_received"] - sum(
            r["amount"] for r in self.refunds.values() if r["payment_intent"] == intent["id"]
            and r["status"] not in {"failed", "canceled"})
        if left == 0:
            raise Refusal("charge_already_refunded")
        fen = amount_of(form, "amount") if "amount" in form else left
        if fen > left:
            raise Refusal("amount_too_large", param="amount")
        ref = f"re_{next(self.numbers)}"
        self.refunds[ref] = {
            "id": ref, "object": "refund", "amount": fen, "payment_intent": intent["id"],
            "status": "succeeded", "currency": intent["currency"], "created": int(self.clock.now().timestamp()),
            "metadata": form.get("metadata", {})}
        return self.tell("refund", self.refunds[ref])

    def list_refunds(self, query):
        only(query, "payment_intent", "limit", "starting_after")
        mine = [r for r in self.refunds.values() if r["payment_intent"] == query["payment_intent"]]
        mine.sort(key=lambda r: int(r["id"].removeprefix("re_")), reverse=True)
        names = [r["id"] for r in mine]
        start = names.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        page = mine[start:start + int(query.get("limit", 10))]
        more = start + len(page) < len(mine)
        return {"object": "list", "data": page, "url": "/v1/refunds", "has_more": more}

    def succeed(self, intent, fen):
        intent.update(status="succeeded", amount_received=fen)
        return self.tell("succeeded", intent)

    @staticmethod
    def need(intent, states):
        if intent["status"] not in states:
            raise Refusal("payment_intent_unexpected_state", payment_intent=intent)

    def tell(self, what, thing):
        """Keep the event as Stripe sends it: a picture of the object at that moment."""
        kind = {"refund": "refund.created"}.get(what, f"payment_intent.{what}")
        picture = json.loads(json.dumps(thing))
        self.events.append({"id": f"evt_{next(self.numbers)}", "object": "event", "type": kind,
                            "created": int(self.clock.now().timestamp()), "data": {"object": picture}})
        return thing

    # What the tests do to it from outside the API.

    def pay(self, ref, card="pm_card_visa"):
        """The patient's browser confirms; a declined card is an ordinary outcome here."""
        return self.run(lambda: self.confirm_intent(self.intent(ref), {"payment_method": card}))

    def lapse(self, ref):
        """The card network lets the hold run out."""
        self.intents[ref].update(status="canceled", cancellation_reason="automatic")
        return self.tell("canceled", self.intents[ref])

    def succeed_after_all(self, ref):
        """The money arrives although we cancelled: seen at real providers."""
        return self.succeed(self.intents[ref], self.intents[ref]["amount"])

    def webhook(self, event, secret=WEBHOOK_SECRET, skew=0):
        """The raw bytes and headers of an event, signed by the SDK's own public function."""
        raw = json.dumps(event)
        stamp = int(self.clock.now().timestamp()) + skew
        header = stripe.WebhookSignature.generate_signature_header(raw, secret, stamp)
        return raw.encode(), {"stripe-signature": header}

    def client(self, key=KEY):
        """The real SDK on top of this app, without a port."""
        return open_client(key, InProcess(self), "http://fake")


class Bridge(httpx.BaseTransport):
    """Runs an ASGI app for a synchronous client."""

    def __init__(self, app):
        self.app = app

    def handle_request(self, request):
        async def ask():
            response = await httpx.ASGITransport(app=self.app).handle_async_request(request)
            return response.status_code, response.headers, await response.aread()
        status, headers, body = asyncio.run(ask())
        return httpx.Response(status, headers=headers, content=body, request=request)


class InProcess(stripe.HTTPXClient):
    """The SDK's HTTP client with the bridge below it (a private name of the pinned SDK)."""

    def __init__(self, app):
        super().__init__(timeout=10, allow_sync_methods=True)
        self._client = httpx.Client(transport=Bridge(app))
