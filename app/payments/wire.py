"""Builds the cashiers of an installation from its settings; read by the composition root only."""
from app.payments.providers.on_delivery import OnDeliveryProvider
from app.payments.providers.port import Cashiers, PaymentProvider
from app.payments.providers.sandbox import SandboxProvider
from app.payments.providers.stripe_provider import StripeProvider, open_client
from app.settings import Settings
from app.storage import KeyRing
from app.work import House


def build_cashiers(house: House, settings: Settings) -> Cashiers:
    """The provider of cards that the settings name, and cash at the door; no sandbox in production."""
    return Cashiers(*_card_providers(house, settings), OnDeliveryProvider(house.database, house.clock))


def _card_providers(house: House, settings: Settings) -> list[PaymentProvider]:
    if settings.payment_provider == "stripe":
        client = open_client(settings.stripe_secret_key.get_secret_value())
        return [StripeProvider(client, settings.stripe_webhook_secret.get_secret_value(), house.clock)]
    secret = house.tools.get(KeyRing).derive("payments.sandbox.webhook")
    production = settings.mode == "production"
    return [SandboxProvider(house.database, house.clock, secret, production=production, wallet=wallet)
            for wallet in (False, True)]


def wire(tools: object, settings: Settings) -> None:
    """Nothing can be built before the database is open; see `attach`."""


def attach(house: House) -> None:
    """Put the cashiers among the tools of the house."""
    house.tools.put(Cashiers, build_cashiers(house, house.tools.get(Settings)))
