"""What the machine and its address allow: room on the disk, UDP, and whether browsers will give a camera at all."""
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from app.kit.text import Text
from app.settings import Settings
from consult.call.checking.findings import Finding
from consult.call.engines.janus import JanusEngine
from consult.call.engines.problems import EngineAway

GIB = 1 << 30
BYTES_AN_HOUR = 2 * 55_000_000      # both copies of a call at the usual rate
LEAST, PLENTY = 1 * GIB, 20 * GIB   # below the first recordings soon end; below the second an operator should act
LOCAL = {"localhost", "127.0.0.1", "::1"}
PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def address_finding(settings: Settings) -> Finding:
    """Browsers give camera and microphone only to https, or to the machine itself."""
    where = urlsplit(settings.origin)
    if where.scheme == "https":
        return Finding("address", "ok", Text(zh=f"{settings.origin}：浏览器允许使用摄像头。",
                                             en=f"{settings.origin}: browsers give camera and microphone here."))
    if where.hostname in LOCAL:
        return Finding("address", "warning", Text(
            zh=f"{settings.origin}：只有这台机器上的浏览器能通话；给别人用需要 https（FUZHEN_PUBLIC_URL）。",
            en=f"{settings.origin}: only browsers on this machine can call; for others https is needed "
            "(FUZHEN_PUBLIC_URL)."))
    return Finding("address", "bad", Text(
        zh=f"{settings.origin}：不是 https，浏览器不会给出摄像头和麦克风。",
        en=f"{settings.origin}: without https browsers give no camera and no microphone."))


def engine_finding(settings: Settings) -> Finding:
    """How sound and picture travel here, and whether what carries them answers."""
    if settings.call_engine == "p2p":
        return Finding("engine", "ok", Text(zh="通话由双方浏览器直接连接。", en="Calls go from browser to browser."))
    if settings.call_engine == "relay":
        return Finding("engine", "warning", Text(
            zh="通话经本机的媒体进程转发；同一通话的页面要连到同一台服务器，防火墙要放行下面的 UDP 端口。",
            en="Calls go through this machine's media process; pages of one call must hang on the same server, and "
            "a firewall must let in the UDP ports below."))
    engine = JanusEngine(settings.janus_url, settings.janus_secret.get_secret_value())
    try:
        engine.sending(uuid4())
    except EngineAway:
        return Finding("engine", "bad", Text(
            zh=f"{settings.janus_url} 的 Janus 没有回应，密码（api_secret）不对，或没有视频房间插件：现在不能通话。",
            en=f"Janus at {settings.janus_url} does not answer, has another api_secret or no video room: no calls "
            "right now."))
    finally:
        engine.stop()
    return Finding("engine", "ok", Text(zh="Janus 有回应，通话经它转发。", en="Janus answers; calls go through it."))


def disk_finding(settings: Settings) -> Finding:
    """How many hours of calls still fit."""
    free = shutil.disk_usage(settings.data).free
    hours, left = free // BYTES_AN_HOUR, f"{free / GIB:.1f} GiB"
    if settings.recording == "off":
        return Finding("disk", "ok", Text(zh=f"剩余 {left}；不录像，通话不占磁盘。",
                                          en=f"{left} left; nothing is recorded, so calls need none of it."))
    told = Text(zh=f"剩余 {left}，约可再录 {hours} 小时通话。",
                en=f"{left} left, about {hours} hours of recorded calls.")
    return Finding("disk", "bad" if free < LEAST else "warning" if free < PLENTY else "ok", told)


def ports_finding() -> Finding:
    """Whether UDP may be used, and which ports a firewall must let in for recordings."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two:
            one.bind(("", 0))
            two.settimeout(2)
            two.bind(("", 0))
            one.sendto(b"fuzhen", ("127.0.0.1", two.getsockname()[1]))
            two.recv(16)
    except OSError as error:
        return Finding("ports", "bad", Text(zh=f"这台机器不能收发 UDP（{error}）。",
                                            en=f"This machine cannot send and receive UDP ({error})."))
    span = PORTS.read_text().split() if PORTS.exists() else []
    told = "–".join(span) or "?"
    return Finding("ports", "ok", Text(zh=f"UDP 可用；录像需要防火墙放行本机 UDP {told}。",
                                       en=f"UDP works; for recordings a firewall must let in UDP {told} here."))
