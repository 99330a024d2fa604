"""What rules ask about money before it is taken."""
from app.identity.api import KnownFact
from app.payments.providers.port import Cashiers
from app.settings import Settings
from app.work import Work


def settlement_facts(work: Work) -> list[KnownFact]:
    """insurance.requested: no, where the cashier of this installation takes only what patients pay themselves.

    A cashier that could ask an insurer says so in its `capabilities`; then nothing is known here and the rules hold.
    """
    cashier = work.tool(Cashiers).get(work.tool(Settings).payment_provider)
    if "insurance" in cashier.capabilities:
        return []
    return [KnownFact("insurance.requested", False, f"cashier:{cashier.name}", work.now)]
