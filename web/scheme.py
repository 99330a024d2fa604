"""Where people come by https, a request that arrives without it is turned away: its cookies would not be safe."""
import logging
from typing import Any

from fastapi import Request

from app.kit.problems import Problem
from app.kit.text import Text
from web import problems

log = logging.getLogger("fuzhen.web")
OPEN = ("/healthz",)    # asked by machines of the house, without cookies


class NotSecure(Problem):
    """The request did not come by https, or through a proxy that nobody has named."""

    slug = "https-needed"
    status = 421
    title = Text(zh="请用 https 开头的网址打开本站。",
                 en="Please open this site with an address that begins with https.")


class OnlySecure:
    """ASGI middleware of an installation whose address is https."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._told: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on what came by https; the rest gets an answer in words, and the log a hint for the operator."""
        if scope["type"] == "lifespan" or scope.get("scheme") not in ("http", "ws") or scope["path"] in OPEN:
            return await self.app(scope, receive, send)
        self._hint((scope.get("client") or ("an unknown address",))[0])
        if scope["type"] == "websocket":
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        await problems.answer(Request(scope), NotSecure())(scope, receive, send)

    def _hint(self, caller: str) -> None:
        """Once for each address, and for no more than a few: strangers must not fill the log."""
        if caller not in self._told and len(self._told) < 20:
            self._told.add(caller)
            log.warning("a request came from %s without https; if that is your proxy, name it in "
                        "FUZHEN_TRUSTED_PROXIES and let it set X-Forwarded-Proto", caller)
