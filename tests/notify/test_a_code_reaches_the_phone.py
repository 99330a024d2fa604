"""Text messages go out by a job through an adapter; the stand-ins keep the contract and say what they are."""
import pytest
from sqlalchemy import text

from app.jobs import Job
from app.kit.problems import Invalid
from app.notify import api as notify
from app.notify.rules import CODE_TEXT, code_text
from app.notify.sms import InboxSms, LogNothingSms, SmsReceipt, SmsSender
from app.work import HOUSE, NOBODY, all_of

PHONE = "+8613800000001"


class ContractOfASender:
    """What every adapter must do."""

    def adapter(self):
        raise NotImplementedError

    def test_it_is_a_sender_and_returns_a_receipt(self):
        receipt = self.adapter().send(PHONE, code_text("482915"), "key-1")
        assert isinstance(self.adapter(), SmsSender) and isinstance(receipt, SmsReceipt)
        assert receipt.provider and receipt.reference

    def test_the_same_key_gives_the_same_receipt(self):
        adapter = self.adapter()
        assert adapter.send(PHONE, "x", "key") == adapter.send(PHONE, "x", "key")

    def test_the_receipt_carries_neither_number_nor_text(self):
        assert not {PHONE, "482915"} & set(str(self.adapter().send(PHONE, "482915", "key")).split("'"))

    def test_it_writes_nothing_to_the_log(self, caplog, capsys):
        self.adapter().send(PHONE, code_text("482915"), "key")
        assert "482915" not in caplog.text + "".join(capsys.readouterr())

    def test_a_long_key_still_fits_the_table(self):
        assert len(self.adapter().send(PHONE, "x", "k" * 200).reference) <= 100


class TestTheInbox(ContractOfASender):
    """The demo's stand-in."""

    def adapter(self):
        return InboxSms()

    def test_it_says_that_its_messages_are_shown(self):
        assert self.adapter().send(PHONE, "x", "key") == SmsReceipt("stand_in_inbox", "key", True)


class TestNothingIsKept(ContractOfASender):
    """The stand-in for measurements."""

    def adapter(self):
        return LogNothingSms()

    def test_it_shows_nothing(self):
        assert self.adapter().send(PHONE, "x", "key").shown is False


class BrokenSms:
    """A sender that is away until told otherwise, and counts what it sent."""

    def __init__(self):
        self.away, self.sent = True, []

    def send(self, phone, words, key):
        if self.away:
            raise ConnectionError
        self.sent.append((phone, words, key))
        return SmsReceipt("test", key[:100], False)


def send(house, code="482915", phone=PHONE):
    with house.write(NOBODY) as work:
        notify.send_code(work, phone, code)


def shown(house, phone=None):
    with house.read(HOUSE) as work:
        return notify.sms_inbox(work, phone)


@pytest.mark.invariant(15)
def test_the_code_is_shown_in_the_demos_inbox_and_sealed_everywhere_else(house, worker):
    send(house)
    with house.read(HOUSE) as work:
        assert not any(secret in str(job.args) + job.key for job in all_of(work, Job)
                       for secret in ("482915", "13800000001"))
    worker.run_until_idle()
    message = shown(house, "138 0000 0001")[0]
    assert message.text == code_text("482915") and message.phone == "138••••0001"
    with house.read(HOUSE) as work:
        row = str(tuple(work.session.execute(text("SELECT * FROM sms_outbox")).one()))
    assert "482915" not in row and "13800000001" not in row


def test_messages_are_found_by_phone_the_newest_first(house, worker):
    send(house, "111222")
    house.clock.forward(minutes=1)
    send(house, "333444")
    send(house, "555666", "+6591234567")
    worker.run_until_idle()
    assert [m.text for m in shown(house, PHONE)] == [code_text("333444"), code_text("111222")]
    assert len(shown(house)) == 3 and shown(house, "13999999999") == []
    with pytest.raises(Invalid):
        shown(house, "no phone")


def test_a_sender_that_is_away_is_asked_again_with_the_same_key(house, worker):
    sender = BrokenSms()
    house.tools.put(SmsSender, sender)
    send(house)
    worker.run_until_idle()
    sender.away = False
    house.clock.forward(seconds=2)
    worker.run_until_idle()
    assert [(phone, words) for phone, words, _ in sender.sent] == [(PHONE, code_text("482915"))]
    with house.read(HOUSE) as work:
        assert [row.text_sealed for row in all_of(work, notify.SmsOutbox)] == [None] and all_of(work, Job) == []
    assert shown(house) == []


def test_the_message_warns_of_those_who_ask_for_codes():
    assert "不会向您要验证码" in CODE_TEXT.zh and "never ask" in CODE_TEXT.en
    assert len(code_text("482915")) <= 70 and "！" not in CODE_TEXT.zh
