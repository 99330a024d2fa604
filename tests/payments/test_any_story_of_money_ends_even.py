"""Random stories with fixed seeds: whatever happens in whatever order, our rows end as the provider's do."""
import random

import pytest

from app.kit.problems import Problem
from app.payments import api as payments
from app.payments.providers.port import ProviderRefused
from tests.payments.cashiers import Flaky

STEPS = 14


class Story:
    """One payment to which anything may happen."""

    def __init__(self, desk, name, seed):
        self.desk, self.name, self.dice = desk, name, random.Random(seed)
        self.payment_id = desk.open(name, "order")
        self.flaky = Flaky(desk.counters[name].provider, losses=0)
        desk.install(**{name: self.flaky})
        self.told = []

    def ref(self):
        return self.desk.row(self.payment_id).provider_ref

    def settle(self):
        self.desk.do(payments.settle, self.payment_id)

    def release(self):
        self.desk.do(payments.release, self.payment_id)

    def refund(self):
        self.desk.do(payments.refund, self.payment_id, self.dice.choice([1, 700, 2500, 5000]), "goodwill")

    def look(self):
        self.desk.do(payments.look_again, self.payment_id)

    def lose(self):
        self.flaky.losses = self.dice.randint(1, 2)

    def work(self):
        self.desk.run()

    def wait(self):
        self.desk.later(minutes=self.dice.choice([1, 10, 90, 800]))

    def pay(self):
        if self.ref():
            self.desk.pay(self.payment_id)
            self.notice()

    def decline(self):
        if self.ref() and self.name != "on_delivery":
            self.desk.decline(self.payment_id)
            self.notice()

    def notice(self):
        """A notice of the provider; sometimes an old one comes again."""
        if self.name == "stripe":
            self.told.append(self.desk.stripe_event(self.desk.stripe.events[-1]))
        elif self.name.startswith("sandbox"):
            provider = self.desk.counters[self.name].provider
            notice = provider.notice(provider.fetch(self.ref()), serial=len(self.told))
            self.told.append(provider.parse_webhook(notice.raw, notice.headers))
        if self.told:
            self.desk.hear(self.dice.choice(self.told))

    def odd(self):
        """What only Stripe's other side can do: 500, 429, a hold that lapses, money after the end."""
        if self.name != "stripe":
            return
        intent = self.desk.stripe.intents[self.ref()] if self.ref() else {"status": "none"}
        if intent["status"] == "requires_capture" and self.dice.random() < 0.3:
            self.desk.stripe.lapse(intent["id"])
        elif intent["status"] == "canceled" and self.dice.random() < 0.5:
            self.desk.stripe.succeed_after_all(intent["id"])
        else:
            self.desk.stripe.mishaps.append(self.dice.choice(["500", "429", "lost"]))

    def play(self):
        """Throw the dice; a refusal is an answer like any other."""
        acts = [self.settle, self.release, self.refund, self.look, self.lose, self.work, self.work, self.wait,
                self.pay, self.pay, self.decline, self.notice, self.odd]
        for _ in range(STEPS):
            try:
                self.dice.choice(acts)()
            except (Problem, ProviderRefused):
                continue
            self.check_always()

    def check_always(self):
        """At no moment has more gone back than was taken, here or there."""
        row = self.desk.row(self.payment_id)
        assert 0 <= row.refunded_fen <= row.captured_fen <= row.fen
        assert sum(self.desk.accounts().values()) == 0
        if row.provider_ref:
            outside = self.desk.counters[self.name].provider.fetch(row.provider_ref)
            assert outside.refunded_fen <= outside.captured_fen
            assert row.captured_fen in (0, outside.captured_fen)

    def calm(self):
        """Nothing goes wrong any more, and a day passes."""
        self.flaky.losses = 0
        self.desk.stripe.mishaps.clear()
        self.desk.stripe.replies.clear()        # Stripe forgets its keys, so a stored 500 ends
        for _ in range(5):
            self.desk.later(hours=7)


def assert_even(story):
    """Our row, the provider and the ledger tell the same."""
    row, outside = story.desk.row(story.payment_id), story.desk.outside(story.payment_id)
    assert (row.captured_fen, row.refunded_fen) == (outside.captured_fen, outside.refunded_fen)
    balances = {k: v for k, v in story.desk.accounts().items() if k.startswith("Assets")}
    assert sum(balances.values()) == outside.captured_fen - outside.refunded_fen
    assert not [r for r in story.desk.refunds(story.payment_id) if r.state == "pending"]


@pytest.mark.invariant(7)
@pytest.mark.invariant(8)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["sandbox", "sandbox_wallet", "on_delivery", "stripe"])
def test_a_story_that_ends_with_a_release_keeps_nothing(desk, name, seed):
    story = Story(desk, name, seed)
    story.play()
    desk.do(payments.release, story.payment_id)
    story.calm()
    assert_even(story)
    outside = desk.outside(story.payment_id)
    assert outside.captured_fen == outside.refunded_fen
    assert outside.status not in ("authorised", "pending")


@pytest.mark.invariant(7)
@pytest.mark.parametrize("seed", range(100, 104))
@pytest.mark.parametrize("name", ["sandbox", "stripe"])
def test_a_story_that_is_left_alone_ends_as_the_provider_says(desk, name, seed):
    story = Story(desk, name, seed)
    story.play()
    story.calm()
    assert_even(story)
