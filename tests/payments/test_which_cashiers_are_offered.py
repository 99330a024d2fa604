"""The settings decide who takes cards; production has no sandbox, whatever else is set."""
import pytest
from pydantic import SecretStr, ValidationError

from app.payments.providers.port import Cashiers, UnknownProvider
from app.payments.providers.sandbox import SandboxInProduction
from app.payments.wire import attach, build_cashiers
from app.settings import Settings


def test_a_newcomer_gets_the_sandbox_a_wallet_and_cash(house):
    assert house.tools.get(Cashiers).names == ["sandbox", "sandbox_wallet", "on_delivery"]


def test_with_stripe_the_sandbox_is_gone(house, settings):
    stripe = settings.model_copy(update={
        "payment_provider": "stripe", "stripe_secret_key": SecretStr("sk_test_x"),
        "stripe_webhook_secret": SecretStr("whsec_x")})
    cashiers = build_cashiers(house, stripe)
    assert cashiers.names == ["stripe", "on_delivery"]
    with pytest.raises(UnknownProvider):
        cashiers.get("sandbox")


def test_production_refuses_the_sandbox_in_the_settings_and_again_when_it_is_built(house, settings, tmp_path):
    with pytest.raises(ValidationError):
        Settings(mode="production", data=tmp_path, payment_provider="sandbox", master_key=SecretStr("x" * 44))
    with pytest.raises(SandboxInProduction):
        build_cashiers(house, settings.model_copy(update={"mode": "production"}))


def test_stripe_without_its_webhook_secret_does_not_start(house, settings):
    half = settings.model_copy(update={"payment_provider": "stripe", "stripe_secret_key": SecretStr("sk_test_x")})
    with pytest.raises(ValueError):
        build_cashiers(house, half)


def test_the_house_is_wired_again_without_harm(house):
    attach(house)
    assert house.tools.get(Cashiers).get("on_delivery").payables == {"order"}
