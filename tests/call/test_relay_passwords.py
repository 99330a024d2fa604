"""A password for the relay holds for its time and its name, and only with the secret; a real relay is asked."""
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from app.settings import Settings
from app.work import one_or_none
from consult import api as consult
from consult.call.models import CallMember
from consult.call.turn import IceServer, relay_password, relay_servers
from tests.call.relay import SECRET, allocate, running_relay
from tests.cast import Scene, visit_in_progress

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
URL = "turn:127.0.0.1:3478?transport=udp"


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_relay(tmp_path_factory.mktemp("relay")) as port:
        yield port


def lets_in(port: int, server: IceServer) -> bool:
    """Whether the relay gives an address to this name and password."""
    return allocate(port, server.username, server.credential) is None


def password(secret: str = SECRET, **until: float) -> IceServer:
    [server] = relay_servers([URL], secret, str(uuid4()), datetime.now(UTC) + timedelta(**until))
    return server


def test_the_name_is_its_end_and_a_random_word() -> None:
    [server] = relay_servers([URL], SECRET, "a-b-c", NOON)
    assert server == IceServer((URL,), "1795233600:a-b-c", relay_password(SECRET, "1795233600:a-b-c"))


def test_the_password_is_what_openssl_says() -> None:
    """printf 1400000000:x | openssl dgst -sha1 -hmac north -binary | openssl base64"""
    assert relay_password("north", "1400000000:x") == "O1Xjd7aPCaj6/BJa44Fs8xI0rbA="


def test_without_a_relay_there_is_no_password() -> None:
    assert relay_servers([], "", "x", NOON) == ()


def test_a_real_relay_lets_a_fresh_password_in(relay: int) -> None:
    assert lets_in(relay, password(minutes=1))


@pytest.mark.parametrize("server", [
    lambda: password(minutes=-1), lambda: password("another secret", minutes=1),
    lambda: IceServer((URL,), f"{int(datetime.now(UTC).timestamp()) + 99}:me", password(minutes=1).credential)],
    ids=["expired", "wrong secret", "of another name"])
def test_a_real_relay_refuses(relay: int, server) -> None:
    made = server()
    assert allocate(relay, made.username, made.credential) == 401


# --- who gets one ---------------------------------------------------------------------------------------------


def relays(scene: Scene, who: str, call: UUID) -> tuple[IceServer, ...]:
    with scene.sees("house") as work:
        member = one_or_none(work, CallMember, CallMember.call_id == call,
                             CallMember.account_id == scene.people[who].account_id)
        assert member is not None
        return consult.relays_for(work, member)[0]


def test_each_member_gets_a_password_of_their_own_that_names_nobody(scene: Scene) -> None:
    scene.house.tools.put(Settings, Settings(mode="test", turn_urls=[URL], turn_secret=SECRET, turn_minutes=60))
    call = scene.does("lin", consult.ask_to_talk, visit_in_progress(scene).id, "video")
    scene.does("wang", consult.answer_call, call.id)
    [wang], [lin] = relays(scene, "wang", call.id), relays(scene, "lin", call.id)
    assert wang.username != lin.username and wang.credential != lin.credential
    until, name = wang.username.split(":")
    assert int(until) == int((scene.clock.now() + timedelta(hours=1)).timestamp())
    known = (scene.wang.account_id, scene.patients["wang"], call.id)
    assert name not in [str(one) for one in known] and UUID(name).version == 4


# --- settings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["production", "demo"])
@pytest.mark.parametrize(("more", "named"), [
    ({"turn_urls": [URL]}, "FUZHEN_TURN_SECRET"), ({"turn_urls": ["https://relay"]}, "FUZHEN_TURN_URLS"),
    ({"turn_only": True}, "FUZHEN_TURN_ONLY"),
    ({"turn_urls": [URL], "turn_secret": "s", "turn_minutes": 1}, "minutes")])
def test_half_a_relay_is_refused_by_name(mode: str, more: dict, named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Settings(mode=mode, **more)


def test_the_secret_never_shows() -> None:
    made = Settings(mode="test", turn_urls=[URL], turn_secret=SECRET)
    assert SECRET not in repr(made) and Settings(mode="test").turn_secret.get_secret_value() == ""
