"""The door of every route: who may use it, and the Works that an endpoint opens behind it.

    def queue(door: Annotated[Door, Gate("doctor")]) -> Response:
        with door.read() as work: …

A route without a Gate refuses (`GuardedRoute`). Pages sign in with one cookie for each role, so that several
roles can live side by side in one browser; the API takes a bearer token.
"""
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends as DependsParam
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from app.identity import api as identity
from app.kit.problems import NotAllowed, NotSignedIn, Problem
from app.kit.text import Text
from app.settings import Settings
from app.storage import KeyRing
from app.work import NOBODY, Actor, House, Work
from consult import api as consult
from web.fit import require_fit
from web.rendering import Audience, PageContext, render

ANYONE = "anyone"
CHOICE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"      # an id
                    r"|[a-z_]{1,24}|\d{1,4}(-\d\d){0,2}")            # a word of ours, a number, a day
SAFE = {"GET", "HEAD", "OPTIONS"}
PROGRAMS = ("partner",)     # who has a key and no pages
GUEST = "guest"     # who was asked into one call by a link and a code, and sees nothing else
STAFF = ("doctor", "pharmacist", "pharmacy", "compliance", "admin", "operator")


class ForgedRequest(Problem):
    """The form did not come from our own page."""

    slug = "forged-request"
    status = 403
    title = Text(zh="这个请求不是从本站页面发出的，请刷新后再试",
                 en="This did not come from a page of ours; please reload and try again")


def cookie_name(role: str, secure: bool) -> str:
    """The cookie of one role; over HTTPS its name binds it to this host."""
    return f"__Host-fuzhen-{role}" if secure else f"fuzhen-{role}"


def is_secure(request: Request) -> bool:
    """True when people reach us over HTTPS (also behind a proxy)."""
    return request.url.scheme == "https"


class Door:
    """What one request may do: it knows the token, opens Works, and renders pages."""

    def __init__(self, request: Request, allowed: tuple[str, ...], token: str | None) -> None:
        self.request = request
        self.allowed = allowed
        self.token = token
        self.house: House = request.app.state.house
        self.actor: Actor = NOBODY
        self.let_in = ANYONE in allowed

    @contextmanager
    def read(self) -> Iterator[Work]:
        """Open a reading Work for the signed-in person."""
        with self._refusals(), self.house.read(NOBODY) as work:
            self._enter(work)
            yield work

    @contextmanager
    def write(self) -> Iterator[Work]:
        """Open the one writing Work of this request; committed when the block ends well."""
        with self._refusals(), self.house.write(NOBODY) as work:
            self._enter(work)
            yield work
        self.request.app.state.worker.wake()

    def knock(self) -> None:
        """Ask who it is where the endpoint had nothing to read. Raises NotSignedIn, NotAllowed."""
        with self.read():
            pass

    def _enter(self, work: Work) -> None:
        """Find out who it is and whether this route is theirs."""
        found = self._who(work)
        if found is not None:
            self.actor = replace(found, language=self.language)
        elif ANYONE not in self.allowed:
            raise NotSignedIn
        if ANYONE not in self.allowed and self.actor.role not in self.allowed:
            raise NotAllowed
        self.let_in = True
        work.actor = self.actor

    def _who(self, work: Work) -> Actor | None:
        if not self.token:
            return None
        if self.allowed == (GUEST,):
            return consult.guest_actor(work, self.token)
        return identity.resolve_token(work.session, self.token, work.now)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Keep the trace of a refused read, which its own transaction could not keep."""
        try:
            yield
        except Problem as problem:
            trace = getattr(problem, "trace", None)
            if trace is not None:
                self.house.record_refusal(self.actor, trace)
            raise

    # --- what pages need -----------------------------------------------------------------------------

    @property
    def language(self) -> str:
        """The reader's language: cookie, then Accept-Language, else Chinese."""
        return language_of(self.request)

    @property
    def address(self) -> str | None:
        """Where the request came from, for rate limits; never stored or logged in the clear."""
        return self.request.client.host if self.request.client else None

    @property
    def csrf(self) -> str:
        """The form token that belongs to this sign-in (or to this visitor)."""
        return csrf_token(self.house, self.token or visitor(self.request))

    def context(self, audience: Audience = "public", **more: Any) -> PageContext:
        """What every page of this reader needs."""
        size = self.request.cookies.get("fuzhen-size", "")
        path = self.request.url.path
        settings = self.house.tools.get(Settings)
        real = settings.mode == "production"
        return PageContext(
            lang="en" if self.language == "en" else "zh", size=size if size in ("elder", "elder-xl") else "",
            path=path, query="" if audience == "staff" else chosen_so_far(self.request), csrf=self.csrf,
            nonce=self.request.state.nonce, audience=audience,
            demo=not real, played=settings.stand_ins if real else (), now=self.house.clock.now(), **more)

    def page(self, template: str, audience: Audience = "public", status: int = 200,
             context: dict[str, Any] | None = None, **view: Any) -> HTMLResponse:
        """Render a template for this reader."""
        html = render(template, self.context(audience, **(context or {})), **view)
        return HTMLResponse(html, status)


def chosen_so_far(request: Request) -> str:
    """What an address carries from one step to the next: ids and choices, never words that somebody typed."""
    return urlencode([(name, value) for name, value in request.query_params.multi_items() if CHOICE.fullmatch(value)])


def language_of(request: Request) -> str:
    """zh or en for this request."""
    chosen = request.cookies.get("fuzhen-lang")
    if chosen in ("zh", "en"):
        return chosen
    wanted = request.headers.get("accept-language", "")
    return "en" if wanted.lower().startswith("en") else "zh"


def visitor(request: Request) -> str:
    """The random name of a browser that is not signed in; the headers middleware sets its cookie."""
    return str(request.state.visitor)


def csrf_token(house: House, secret: str) -> str:
    """Bind a form to one sign-in without storing anything."""
    key = house.tools.get(KeyRing).derive("web.csrf")
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def same_origin(request: Request) -> bool:
    """Tell by the browser's own headers whether the request comes from a page of ours."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _form_token(request: Request) -> str:
    given = request.headers.get("x-csrf-token")
    if given is None and request.headers.get("content-type", "").startswith(
            ("application/x-www-form-urlencoded", "multipart/form-data")):
        given = (await request.form()).get("csrf")  # type: ignore[assignment]
    return given if isinstance(given, str) else ""


class GateCheck:
    """Dependency that finds the token, refuses forged forms and unfit characters; it does no I/O besides reading
    the body."""

    def __init__(self, roles: tuple[str, ...], bearer: bool) -> None:
        self.roles = roles
        self.bearer = bearer

    async def __call__(self, request: Request) -> Door:
        door = request.state.door = Door(request, self.roles, self._token(request))
        if door.token is None and not door.let_in:
            raise NotSignedIn
        if not self.bearer and request.method not in SAFE:
            given = await _form_token(request)
            if not same_origin(request) or not secrets.compare_digest(given, door.csrf):
                raise ForgedRequest
        await require_fit(request)
        return door

    def _token(self, request: Request) -> str | None:
        if self.bearer:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            return token if scheme.lower() == "bearer" and token else None
        secure = is_secure(request)
        for role in self.roles if self.roles != (ANYONE,) else ("patient", *STAFF):
            if token := request.cookies.get(cookie_name(role, secure)):
                return token
        return None


def Gate(*roles: str) -> DependsParam:
    """Declare who may use a page: role names, or ANYONE."""
    return Depends(GateCheck(roles, bearer=False))


def ApiGate(*roles: str) -> DependsParam:
    """Declare who may use an API route: role names, or ANYONE; signed in by bearer token."""
    return Depends(GateCheck(roles, bearer=True))


def gate_of(route: APIRoute) -> GateCheck | None:
    """The gate that a route declares, if any."""
    calls = [d.call for d in route.dependant.dependencies]
    return next((c for c in calls if isinstance(c, GateCheck)), None)


class GuardedRoute(APIRoute):
    """A route that declares no gate refuses everybody, and none answers before its door let somebody in.

    The door asks who it is when the endpoint opens its first Work. An endpoint that opened none has touched nothing;
    it is asked afterwards, and whatever it would say stays unsaid until then.
    """

    def get_route_handler(self) -> Callable[[Request], Any]:
        answer = super().get_route_handler()
        gated = gate_of(self) is not None

        async def guarded(request: Request) -> Response:
            if not gated:
                raise NotAllowed
            reply: Response = await answer(request)
            if not request.state.door.let_in:
                await run_in_threadpool(request.state.door.knock)
            return reply

        return guarded


def sign_in_cookie(response: Response, request: Request, role: str, token: str, seconds: int) -> None:
    """Give the browser the cookie of one role; the old one of that role is replaced."""
    secure = is_secure(request)
    response.set_cookie(cookie_name(role, secure), token, max_age=seconds, httponly=True, secure=secure,
                        samesite="lax", path="/")


def see_other(url: str) -> RedirectResponse:
    """After a form: look at the result with GET."""
    return RedirectResponse(url, 303)
