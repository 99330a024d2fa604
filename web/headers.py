"""Headers of every answer: content policy with a nonce, no caching of anything personal, a visitor's name."""
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
VISITOR = "fuzhen-visitor"
POLICY = ("default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; "
          "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; object-src 'none'; "
          "frame-ancestors 'self'; base-uri 'none'; form-action 'self'")
FIXED = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"permissions-policy": b"camera=(self), microphone=(self), display-capture=(self)",
    b"cross-origin-opener-policy": b"same-origin",
}
LONG_LIVED = b"public, max-age=31536000, immutable"


class SafeHeaders:
    """ASGI middleware; pure header work, so that streams and sockets pass untouched."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Prepare nonce and visitor name, then add the headers to the answer."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        state = scope.setdefault("state", {})
        known = _visitor_of(scope)
        state["nonce"], state["visitor"] = secrets.token_urlsafe(16), known or secrets.token_urlsafe(24)

        async def send_safely(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = list(message.get("headers", [])) + _added(scope, message, known is None)
            await send(message)

        await self.app(scope, receive, send_safely)


def _caching(scope: Scope) -> bytes:
    """Assets named by their hash stay for a year; modules that import each other ask every time."""
    return LONG_LIVED if b"v=" in scope.get("query_string", b"") else b"no-cache"


def _visitor_of(scope: Scope) -> str | None:
    for name, value in scope.get("headers", []):
        if name == b"cookie":
            found = re.search(rf"(?:^|; ){VISITOR}=([\w-]{{32}})(?:;|$)", value.decode("latin-1"))
            return found[1] if found else None
    return None


def _added(scope: Scope, message: MutableMapping[str, Any], new_visitor: bool) -> list[tuple[bytes, bytes]]:
    """The headers that the answer does not set itself."""
    given = {name.lower() for name, _ in message.get("headers", [])}
    wanted = dict(FIXED)
    static = scope["path"].startswith("/static/")
    wanted[b"cache-control"] = _caching(scope) if static else b"no-store"
    wanted[b"content-security-policy"] = POLICY.format(nonce=scope["state"]["nonce"]).encode()
    added = [(name, value) for name, value in wanted.items() if name not in given]
    if new_visitor and not static and not scope["path"].startswith("/api/"):
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{VISITOR}={scope['state']['visitor']}; Path=/; HttpOnly; SameSite=Lax{secure}"
        added.append((b"set-cookie", cookie.encode()))
    return added
