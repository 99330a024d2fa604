"""A desk at which the tests play patient Wang, the visit, the order and the outside of every provider."""
from contextlib import contextmanager

from sqlmodel import col, select

from app.audit import AuditEntry
from app.kit.ids import uuid7
from app.payments import api as payments
from app.payments.providers.port import Cashiers
from app.payments.providers.sandbox import Choice
from app.work import HOUSE, all_of
from tests.payments.cashiers import ALL, Flaky, open_counter

HOSPITAL, LIN, KANG, COURIER = (str(uuid7()) for _ in range(4))
VISIT = [payments.Line("consult_fee", 3500, "hospital", HOSPITAL),
         payments.Line("consult_fee", 1500, "doctor", LIN)]
ORDER = [payments.Line("drug", 4200, "pharmacy", KANG), payments.Line("delivery", 800, "courier", COURIER)]


class Desk:
    """One house with all providers; `run` lets its jobs run until none is due."""

    def __init__(self, house, worker, clock):
        self.house, self.worker, self.clock = house, worker, clock
        self.counters = {name: open_counter(name, house.database, clock) for name in ALL}
        self.wang = uuid7()
        self.install()

    def install(self, **replaced):
        """Offer the providers, some of them replaced by misbehaving ones."""
        providers = [replaced.get(name, counter.provider) for name, counter in self.counters.items()]
        self.house.tools.put(Cashiers, Cashiers(*providers))

    def lose_replies(self, name, losses=1):
        """From now on `name` does what it is asked and loses its next replies."""
        flaky = Flaky(self.counters[name].provider, losses)
        self.install(**{name: flaky})
        return flaky

    @property
    def stripe(self):
        """Stripe's other side."""
        return self.counters["stripe"].fake

    @contextmanager
    def work(self):
        """A Work of the house."""
        with self.house.write(HOUSE) as work:
            yield work

    def do(self, command, *args, **more):
        """One command in its own Work."""
        with self.work() as work:
            return command(work, *args, **more)

    def run(self):
        """Let the worker do everything that is due now."""
        self.worker.run_until_idle()

    def later(self, **step):
        """Time goes by, then the worker runs."""
        self.clock.forward(**step)
        self.run()

    def open(self, provider="sandbox", kind="visit", lines=None, payable=None):
        """Ask for a payment and let the provider open it; returns its id."""
        lines = lines or (VISIT if kind == "visit" else ORDER)
        payment = self.do(payments.open_payment, kind, payable or uuid7(), self.wang, lines, provider)
        self.run()
        return payment.id

    def pay(self, payment_id):
        """The patient pays at the cashier; nobody tells us yet."""
        row = self.row(payment_id)
        self.counters[row.provider].pay(row.provider_ref)

    def decline(self, payment_id):
        """The bank declines; nobody tells us yet."""
        row = self.row(payment_id)
        self.counters[row.provider].decline(row.provider_ref)

    def look(self, payment_id):
        """We ask the provider, as the page does to which the cashier sends the patient back."""
        self.do(payments.look_again, payment_id)
        self.run()

    def held(self, provider="sandbox", kind="visit", **more):
        """A payment whose amount is held (taken at once by a wallet)."""
        payment_id = self.open(provider, kind, **more)
        if provider != "on_delivery":
            self.pay(payment_id)
            self.look(payment_id)
        return payment_id

    def taken(self, provider="sandbox", kind="visit", **more):
        """A payment whose amount was captured."""
        payment_id = self.held(provider, kind, **more)
        self.do(payments.settle, payment_id)
        self.run()
        return payment_id

    def row(self, payment_id):
        """The payment as it stands in the database."""
        with self.house.read(HOUSE) as work:
            row = work.get(payments.Payment, payment_id)
            work.session.expunge(row)
            return row

    def state(self, payment_id):
        """Its state."""
        return self.row(payment_id).state

    def refunds(self, payment_id):
        """Its refunds."""
        with self.house.read(HOUSE) as work:
            rows = payments.refunds_of(work, payment_id)
            work.session.expunge_all()
            return rows

    def events(self, *names):
        """What was announced so far, in order."""
        with self.house.read(HOUSE) as work:
            said = [entry.action for entry in all_of(work, AuditEntry)]
        return [name for name in said if not names or name in names]

    def balance(self, account):
        """An account of the ledger."""
        with self.house.read(HOUSE) as work:
            return payments.balance(work, account)

    def accounts(self):
        """Every account that was touched, with its sum."""
        with self.house.read(HOUSE) as work:
            names = set(work.session.exec(select(col(payments.LedgerEntry.account))))
            return {name: payments.balance(work, name) for name in names}

    def outside(self, payment_id):
        """What the provider says."""
        row = self.row(payment_id)
        return self.counters[row.provider].provider.fetch(row.provider_ref)

    def notice(self, payment_id, choice=Choice.PAY):
        """The patient acts at the sandbox; the verified notice that it sends."""
        row = self.row(payment_id)
        provider = self.counters[row.provider].provider
        notice = provider.press(row.provider_ref, choice)
        return provider.parse_webhook(notice.raw, notice.headers)

    def stripe_event(self, event):
        """An event of the fake, verified as the web door does."""
        return self.counters["stripe"].provider.parse_webhook(*self.stripe.webhook(event))

    def hear(self, event):
        """A verified notice arrives at the inbox; returns what the sender is answered."""
        return self.do(payments.receive_webhook, event).status
