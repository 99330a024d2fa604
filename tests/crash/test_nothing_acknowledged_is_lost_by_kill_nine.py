"""kill -9 of the server at random moments of the journey: nothing acknowledged is lost, nothing is doubled."""
import random
from pathlib import Path

import pytest

from tests.crash.tough import ToughJourney, money_is_even
from tests.server import Server
from web.demo.client import until
from web.demo.journey import STEPS

SEEDS = (11, 12, 13, 14)
KILLS_EACH = 5


def moments(seed: int) -> dict[str, float]:
    """Five steps of the journey, each with a delay in seconds into it; the same for the same seed."""
    dice = random.Random(seed)
    return {name: dice.uniform(0.0, 0.25) for name in dice.sample(STEPS[1:], KILLS_EACH)}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A seeded data folder on SQLite."""
    return Server(tmp_path_factory.mktemp("crash")).prepare()


@pytest.mark.invariant(8)
@pytest.mark.invariant(7)
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_journey_survives_five_kills_without_loss_or_doubling(prepared: Server, seed: int) -> None:
    prepared.start()
    try:
        journey = ToughJourney(prepared, moments(seed), seed)
        lines = list(journey.run())
        assert [line["step"] for line in lines if not line["ok"]] == [], lines[-1]
        assert len(lines) == len(STEPS) and len(journey.killed) == KILLS_EACH
        # a capture that the kill cut off is taken up again when its lease is over
        until(lambda: set(money_is_even(journey.patient, journey.ids)) <= {"captured", "partly_refunded"}, 90)
    finally:
        prepared.stop()


@pytest.mark.invariant(8)
def test_the_audit_trail_is_whole_after_all_those_kills(prepared: Server, tmp_path: Path) -> None:
    prepared.command("audit", "verify")
