"""Behind a proxy on another machine: only a named one is believed, and production serves nobody without https."""
import asyncio
import logging
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import server_config
from app.settings import Settings
from tests.web.staff_site import Site
from web.headers import SafeHeaders
from web.scheme import OnlySecure
from web.site import build_site

pytestmark = pytest.mark.invariant(15)
PROXY, STRANGER = "10.0.0.5", "203.0.113.9"


def heard(config: Any, caller: str) -> tuple[str, str]:
    """Scheme and caller that the site hears of, when a caller says that it speaks for somebody who came by https."""
    seen: dict[str, Any] = {}

    async def site(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    config.app = site
    config.load()
    scope = {"type": "http", "scheme": "http", "client": (caller, 1), "path": "/", "method": "GET",
             "headers": [(b"x-forwarded-proto", b"https"), (b"x-forwarded-for", b"198.51.100.7")]}
    asyncio.run(config.loaded_app(scope, None, None))
    return seen["scheme"], seen["client"][0]


@pytest.mark.parametrize("named", [[PROXY], ["10.0.0.0/24"], ["127.0.0.1", PROXY]])
def test_a_named_proxy_is_believed_and_nobody_else(named: list[str]) -> None:
    settings = Settings(mode="test", trusted_proxies=named)
    assert heard(server_config(settings, None), PROXY) == ("https", "198.51.100.7")  # type: ignore[arg-type]
    assert heard(server_config(settings, None), STRANGER) == ("http", STRANGER)  # type: ignore[arg-type]


def test_unless_it_is_named_only_this_machine_is_a_proxy() -> None:
    settings = Settings(mode="test")
    assert heard(server_config(settings, None), "127.0.0.1")[0] == "https"  # type: ignore[arg-type]
    assert heard(server_config(settings, None), PROXY) == ("http", PROXY)  # type: ignore[arg-type]


def test_production_answers_nobody_who_comes_without_https(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    house = site.house
    settings = house.tools.get(Settings).model_copy(
        update={"mode": "production", "public_url": "https://fuzhen.example"})
    vars(settings).pop("origin", None)      # worked out once and kept
    app = build_site(house, site.worker, settings)
    safe = TestClient(app, base_url="https://fuzhen.example")
    assert safe.get("/sign-in").status_code == 200
    plain = TestClient(app, base_url="http://fuzhen.example")
    assert plain.get("/healthz").status_code == 200
    with caplog.at_level(logging.WARNING, "fuzhen.web"):
        page, program = plain.get("/sign-in"), plain.get("/api/v1/me", headers={"authorization": "Bearer x"})
    assert (page.status_code, program.status_code) == (421, 421) and program.json()["slug"] == "https-needed"
    assert "https" in page.text and "set-cookie" not in program.headers
    assert sum("FUZHEN_TRUSTED_PROXIES" in r.message for r in caplog.records) == 1


def test_a_live_line_without_https_is_closed_and_strangers_do_not_fill_the_log(
        caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it was let in")

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    door = SafeHeaders(OnlySecure(inside))
    for number in range(60):
        scope = {"type": "websocket", "scheme": "ws", "path": "/live", "headers": [],
                 "client": (f"198.51.100.{number}", 1)}
        asyncio.run(door(scope, receive, send))
    assert {one["type"] for one in sent} == {"websocket.close"}
    assert sum("FUZHEN_TRUSTED_PROXIES" in r.message for r in caplog.records) == 20
