"""Every setting of an installation, read from the environment as FUZHEN_<NAME>."""
import base64
import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.kit.clock import HOSPITAL_ZONE

ADAPTER = r"^(\w+|\w+(\.\w+)*:\w+)$"
DATABASES = ("postgresql://", "postgresql+psycopg://", "sqlite:///")
TRIAL = "FUZHEN_ACCEPT_STAND_INS='[\"sms\", \"realname\"]'"
STAND_INS = {"sms": ("inbox", "log_nothing"), "realname": ("stand_in",)}


class Settings(BaseSettings):
    """Settings with their meaning; in production nothing secret has a default."""

    model_config = SettingsConfigDict(env_prefix="FUZHEN_", extra="ignore", hide_input_in_errors=True)

    mode: Literal["demo", "test", "production"] = Field(
        "production", description="demo: cast, sandbox cashier and house actors; production refuses all of these")
    data: Path = Field(Path("var"), description="folder of the SQLite file, objects, keys and witness file")
    database_url: str = Field("", description="postgresql://… ; empty means SQLite in the data folder")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    public_url: str = Field("", description="the address people use, https://…, needed in production; "
                            "empty: http://host:port")
    trusted_proxies: list[str] = Field(
        ["127.0.0.1"], description="the TLS proxies that requests come through, a JSON list of addresses and networks "
        "such as [\"10.0.0.5\", \"10.1.0.0/24\"]; only they are believed when they name the caller and https")
    master_key: SecretStr = Field(SecretStr(""), description="32 bytes in base64 from which all keys are derived; "
                                  "needed in production, made in the data folder otherwise")
    policy: str = Field("cn-mainland", description="the national policy pack that decides what may happen online")
    policy_layers: list[Path] = Field(
        [], description="policy files of the province and the institution, a JSON list of paths; they can only tighten")
    payment_provider: Literal["sandbox", "stripe"] = Field("sandbox", description="who takes cards; "
                                                           "sandbox is refused in production")
    stripe_secret_key: SecretStr = Field(SecretStr(""), description="sk_… of the hospital's Stripe account")
    stripe_webhook_secret: SecretStr = Field(SecretStr(""), description="whsec_… of the webhook endpoint")
    sms_adapter: str = Field("inbox", pattern=ADAPTER, description="who sends one-time codes: module:Class of yours, "
                             "or the stand-ins inbox (shown in the demo) and log_nothing")
    realname_adapter: str = Field("stand_in", pattern=ADAPTER, description="who checks names against the register: "
                                  "module:Class of yours, or stand_in, which believes everybody")
    accept_stand_ins: list[Literal["sms", "realname"]] = Field(
        [], description="stand-ins that a production without real patients may run with, a JSON list of sms, "
        "realname; every page and /healthz then name them")
    visit_wait_minutes: int = Field(30, ge=1, description="after this time without a doctor the money goes back")
    offer_minutes: int = Field(10, ge=1, description="time a pharmacy has to answer an offer")
    turn_urls: list[str] = Field(
        [], description="relay servers for calls on difficult networks, a JSON list: "
        "[\"turn:host:3478?transport=udp\", \"turn:host:3478?transport=tcp\", \"turns:host:5349?transport=tcp\"]; "
        "empty: calls only where the two networks find each other")
    turn_secret: SecretStr = Field(SecretStr(""), description="the static-auth-secret of those relays; needed with "
                                   "turn_urls, never the same as another secret")
    turn_minutes: int = Field(120, ge=5, le=1440, description="how long a password for the relay holds")
    turn_only: bool = Field(False, description="send every call through the relays, so that neither side learns the "
                            "other's network address")
    call_engine: Literal["p2p", "relay", "janus"] = Field(
        "p2p", description="how sound and picture travel: p2p from browser to browser; relay through this server's "
        "media process, encoded as they came; janus through a Janus server of yours")
    janus_url: str = Field("ws://127.0.0.1:8188", pattern=r"^wss?://", description="the WebSocket of that Janus, on an "
                           "address that only this server reaches")
    janus_secret: SecretStr = Field(SecretStr(""), description="api_secret in the configuration of that Janus; needed "
                                    "with call_engine janus")
    recording: Literal["ask", "off"] = Field(
        "ask", description="ask: calls are recorded when everybody in them agrees; off: never")
    worker: bool = Field(True, description="run jobs inside the server process (always so on SQLite)")
    clock: datetime | None = Field(None, description="another present moment such as "
                                   "2026-12-10T09:00 (hospital time unless a zone is named), demo and test mode only")

    @field_validator("sms_adapter", "realname_adapter")
    @classmethod
    def _refuse_unknown_adapter(cls, adapter: str, info: ValidationInfo) -> str:
        known = STAND_INS[str(info.field_name).removesuffix("_adapter")]
        if ":" not in adapter and adapter not in known:
            raise ValueError(f"neither module:Class nor one of {', '.join(known)}")
        return adapter

    @field_validator("database_url")
    @classmethod
    def _refuse_other_databases(cls, url: str) -> str:
        if url and not url.startswith(DATABASES):
            raise ValueError("it begins with postgresql:// or sqlite:///; other databases are not served")
        try:
            make_url(url or "sqlite://")
        except (ArgumentError, ValueError) as wrong:
            raise ValueError("it is no address of a database") from wrong
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _refuse_everybody(cls, proxies: list[str]) -> list[str]:
        for one in proxies:
            try:
                found = ipaddress.ip_network(one)
            except ValueError as wrong:
                raise ValueError("each is an address or a network such as 10.1.0.0/24") from wrong
            if found.prefixlen == 0:
                raise ValueError("a network of everybody lets everybody claim to be somebody else")
        return proxies

    @field_validator("clock")
    @classmethod
    def _in_hospital_time(cls, clock: datetime | None) -> datetime | None:
        if clock is None:
            return None
        return (clock if clock.tzinfo else clock.replace(tzinfo=HOSPITAL_ZONE)).astimezone(UTC)

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """Which of the outside services are only played here."""
        return tuple(name for name, known in STAND_INS.items() if getattr(self, f"{name}_adapter") in known)

    @field_validator("master_key")
    @classmethod
    def _refuse_broken_key(cls, key: SecretStr) -> SecretStr:
        plain = key.get_secret_value().replace("-", "+").replace("_", "/")
        try:
            size = len(base64.b64decode(plain + "=="[: -len(plain) % 4], validate=True))
        except ValueError:
            size = -1
        if plain and size != 32:
            raise ValueError("it must be 32 bytes in base64: run openssl rand -base64 32 once and keep what it prints")
        return key

    @model_validator(mode="after")
    def _refuse_half_a_relay(self) -> Self:
        if any(not url.startswith(("turn:", "turns:")) for url in self.turn_urls):
            raise ValueError("FUZHEN_TURN_URLS holds addresses that begin with turn: or turns:")
        if self.turn_urls and not self.turn_secret.get_secret_value():
            raise ValueError("FUZHEN_TURN_SECRET is needed with FUZHEN_TURN_URLS")
        if self.turn_only and not self.turn_urls:
            raise ValueError("FUZHEN_TURN_ONLY needs FUZHEN_TURN_URLS")
        return self

    @model_validator(mode="after")
    def _refuse_open_janus(self) -> Self:
        if self.call_engine == "janus" and not self.janus_secret.get_secret_value():
            raise ValueError("FUZHEN_JANUS_SECRET is needed with FUZHEN_CALL_ENGINE=janus")
        return self

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if self.mode != "production":
            return self
        missing = list(self._missing_in_production())
        if missing:     # all of them at once: an operator sets them in one go
            raise ValueError("\n".join(missing))
        return self

    def _missing_in_production(self) -> Iterator[str]:
        if not self.master_key.get_secret_value():
            yield "FUZHEN_MASTER_KEY is needed in production: openssl rand -base64 32"
        if not self.public_url.startswith("https://"):
            yield "FUZHEN_PUBLIC_URL is needed in production and begins with https://"
        if self.payment_provider == "sandbox":
            yield "FUZHEN_PAYMENT_PROVIDER=sandbox takes no real money and is refused in production"
        if self.payment_provider != "sandbox" and not self.stripe_secret_key.get_secret_value():
            yield "FUZHEN_STRIPE_SECRET_KEY is needed with the stripe provider"
        if self.payment_provider != "sandbox" and not self.stripe_webhook_secret.get_secret_value():
            yield "FUZHEN_STRIPE_WEBHOOK_SECRET is needed with the stripe provider"
        for name in self.stand_ins:
            if name not in self.accept_stand_ins:
                yield f"FUZHEN_{name.upper()}_ADAPTER is a stand-in and refused in production; name your adapter as " \
                      f"module:Class, or, for a trial without real patients, accept it: {TRIAL}"
        if self.clock is not None:
            yield "FUZHEN_CLOCK is for demo and test mode only"

    @cached_property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'fuzhen.db'}"

    @cached_property
    def origin(self) -> str:
        """The address people use, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
