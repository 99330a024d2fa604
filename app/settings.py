"""Every setting of an installation, read from the environment as FUZHEN_<NAME>."""
import base64
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings with their meaning; in production nothing secret has a default."""

    model_config = SettingsConfigDict(env_prefix="FUZHEN_", extra="ignore", hide_input_in_errors=True)

    mode: Literal["demo", "test", "production"] = Field(
        "production", description="demo: cast, sandbox cashier and house actors; production refuses all of these")
    data: Path = Field(Path("var"), description="folder of the SQLite file, objects, keys and witness file")
    database_url: str = Field("", description="postgresql://… ; empty means SQLite in the data folder")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    public_url: str = Field("", description="the address people use, https://…; empty: http://host:port")
    master_key: SecretStr = Field(SecretStr(""), description="32 bytes in base64 from which all keys are derived; "
                                  "needed in production, made in the data folder otherwise")
    policy: str = Field("cn-mainland", description="the national policy pack that decides what may happen online")
    policy_layers: list[Path] = Field(
        [], description="policy files of the province and the institution, a JSON list of paths; they can only tighten")
    payment_provider: Literal["sandbox", "stripe"] = Field("sandbox", description="who takes cards; "
                                                           "sandbox is refused in production")
    stripe_secret_key: SecretStr = Field(SecretStr(""), description="sk_… of the hospital's Stripe account")
    stripe_webhook_secret: SecretStr = Field(SecretStr(""), description="whsec_… of the webhook endpoint")
    sms_adapter: Literal["inbox", "log_nothing"] = Field(
        "inbox", description="who sends one-time codes; inbox is the labelled stand-in shown in the demo")
    realname_adapter: Literal["stand_in"] = Field("stand_in", description="who checks names against the register")
    visit_wait_minutes: int = Field(30, ge=1, description="after this time without a doctor the money goes back")
    offer_minutes: int = Field(10, ge=1, description="time a pharmacy has to answer an offer")
    worker: bool = Field(True, description="run jobs inside the server process (always so on SQLite)")
    clock: datetime | None = Field(None, description="another present moment, demo and test mode only")

    @field_validator("master_key")
    @classmethod
    def _refuse_broken_key(cls, key: SecretStr) -> SecretStr:
        plain = key.get_secret_value().replace("-", "+").replace("_", "/")
        try:
            size = len(base64.b64decode(plain + "=="[: -len(plain) % 4], validate=True))
        except ValueError:
            size = -1
        if plain and size != 32:
            raise ValueError("FUZHEN_MASTER_KEY must be 32 bytes in base64: openssl rand -base64 32")
        return key

    @model_validator(mode="after")
    def _refuse_unsafe_production(self) -> Self:
        if self.mode != "production":
            return self
        if not self.master_key.get_secret_value():
            raise ValueError("FUZHEN_MASTER_KEY is needed in production: openssl rand -base64 32")
        if self.payment_provider == "sandbox":
            raise ValueError("FUZHEN_PAYMENT_PROVIDER=sandbox takes no real money and is refused in production")
        if self.payment_provider == "stripe" and not self.stripe_secret_key.get_secret_value():
            raise ValueError("FUZHEN_STRIPE_SECRET_KEY is needed with the stripe provider")
        if self.clock is not None:
            raise ValueError("FUZHEN_CLOCK is for demo and test mode only")
        return self

    @cached_property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'fuzhen.db'}"

    @cached_property
    def origin(self) -> str:
        """The address people use, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
