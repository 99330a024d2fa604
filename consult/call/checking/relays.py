"""Each relay is asked for two addresses with a password as browsers get it; a packet goes from one to the other.

TURN is RFC 8656; the passwords are those of turn.py.
"""
import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from aioice.stun import TransactionError, TransactionFailed
from aioice.turn import TurnTransport, create_turn_endpoint
from aiortc.rtcicetransport import parse_stun_turn_uri

from app.kit.text import Text
from app.settings import Settings
from consult.call.checking.findings import Finding
from consult.call.turn import relay_servers

SECONDS = 8.0       # for each of: an address, a packet between two
UNAUTHORIZED = 401
NO_RELAY = Finding("relay", "warning", Text(
    zh="没有设置中继服务器（FUZHEN_TURN_URLS）：两边网络能直接连通时才能通话，单位网络和部分手机网络里会失败。",
    en="No relay is set (FUZHEN_TURN_URLS): calls work only where both networks find each other directly; from "
    "many offices and some phone networks they fail."))


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard = asyncio.Event()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard.set()


async def relay_findings(settings: Settings, now: datetime) -> list[Finding]:
    """One finding a relay address; the warning above when there is none. `now` is the hospital's clock."""
    if not settings.turn_urls:
        return [NO_RELAY]
    secret, until = settings.turn_secret.get_secret_value(), now + timedelta(minutes=settings.turn_minutes)
    [server] = relay_servers(settings.turn_urls, secret, uuid4().hex, until)
    return list(await asyncio.gather(*(_finding(url, server.username, server.credential) for url in server.urls)))


async def _finding(url: str, username: str, credential: str) -> Finding:
    try:
        where = parse_stun_turn_uri(url)
    except ValueError:
        return Finding(url, "bad", Text(zh="这不是中继服务器的地址。", en="This is not the address of a relay."))
    try:
        return await _tried(url, where, username, credential)
    except TransactionFailed as error:
        return Finding(url, "bad", _refused(error.response.error_code))
    except ssl.SSLError as error:
        return Finding(url, "bad", Text(zh=f"证书不被信任（{error.reason}），浏览器会拒绝它。",
                                        en=f"Its certificate is not trusted ({error.reason}); browsers refuse it."))
    except (OSError, TransactionError, TimeoutError):
        return Finding(url, "bad", Text(zh="没有回应。请检查地址、端口和防火墙。",
                                        en="It does not answer. Check address, port and firewall."))


def _refused(code: int | None) -> Text:
    if code == UNAUTHORIZED:
        return Text(zh="它拒绝了我们的密码：static-auth-secret 要与 FUZHEN_TURN_SECRET 相同，两边时钟要准。",
                    en="It refuses our password: its static-auth-secret must be FUZHEN_TURN_SECRET, and both clocks "
                    "must be right.")
    return Text(zh=f"它拒绝了请求（错误 {code}）。", en=f"It refuses the request (error {code}).")


async def _tried(url: str, where: dict[str, Any], username: str, credential: str) -> Finding:
    async with _address(where, username, credential) as (one, ear), _address(where, username, credential) as (two, _):
        try:
            await asyncio.wait_for(_cross(one, two, ear), SECONDS)
        except TimeoutError:
            return Finding(url, "warning", Text(
                zh="它给出的两个地址互相不通：denied-peer-ip 是否包含它自己？external-ip、端口范围对吗？",
                en="It gives addresses, but two of them do not reach each other: is its own address in its "
                "denied-peer-ip, are external-ip and the port range right?"))
        if await _believes_everybody(where, username):
            return Finding(url, "bad", Text(
                zh="它接受任何密码，谁都可以借用：请打开 use-auth-secret。",
                en="It believes any password, so anybody may use it: set use-auth-secret."))
        host = one.get_extra_info("sockname")[0]
        if ip_address(host).is_private:
            return Finding(url, "warning", Text(
                zh=f"可以中继，但给出的地址 {host} 是内网地址，外面的人到不了：请设置 external-ip。",
                en=f"It relays, but at {host}, a private address that nobody outside reaches: set external-ip."))
        return Finding(url, "ok", Text(zh=f"可以中继（地址 {host}），错误的密码会被拒绝。",
                                       en=f"It relays (address {host}) and refuses a wrong password."))


async def _cross(one: TurnTransport, two: TurnTransport, ear: _Ear) -> None:
    """Both ends speak, as ICE does: a relay lets in only whom its client has spoken to."""
    while not ear.heard.is_set():
        one.sendto(b"fuzhen", two.get_extra_info("sockname"))
        two.sendto(b"fuzhen", one.get_extra_info("sockname"))
        await asyncio.sleep(0.2)


async def _believes_everybody(where: dict[str, Any], username: str) -> bool:
    try:
        async with _address(where, username, "a wrong password"):
            return True
    except TransactionFailed:
        return False


@asynccontextmanager
async def _address(where: dict[str, Any], username: str, credential: str) -> AsyncIterator[tuple[TurnTransport, _Ear]]:
    """An address of the relay, given back at the end."""
    transport, ear = await asyncio.wait_for(create_turn_endpoint(
        _Ear, (where["host"], where["port"]), username, credential, transport=where["transport"],
        ssl=True if where["scheme"] == "turns" else None), SECONDS)
    try:
        yield transport, ear
    finally:
        transport.close()
        await asyncio.sleep(0.05)
