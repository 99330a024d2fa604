"""Production refuses what is only good for a demo, and says which setting is wrong without repeating its value."""
import base64
from datetime import UTC, datetime, timedelta

import pytest

from app.identity.people.realname import RealNameCheck
from app.kit.tools import NoAdapter, plugged
from app.notify.sms import SmsReceipt, SmsSender
from app.settings import Settings
from app.wiring import build_clock, build_keys, build_tools

KEY = base64.b64encode(bytes(range(32))).decode()
GOOD = {"mode": "production", "master_key": KEY, "payment_provider": "stripe", "stripe_secret_key": "sk_live_1",
        "stripe_webhook_secret": "whsec_1", "sms_adapter": "house.sms:Sender", "realname_adapter": "house.id:Register",
        "public_url": "https://fuzhen.example"}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"FUZHEN_{name.upper()}", raising=False)


def test_a_sound_production_is_accepted():
    assert Settings(**GOOD).mode == "production"


def test_production_is_the_mode_when_nobody_says_otherwise():
    with pytest.raises(ValueError, match="FUZHEN_MASTER_KEY"):
        Settings()


@pytest.mark.parametrize(("change", "named"), [
    ({"master_key": ""}, "FUZHEN_MASTER_KEY"), ({"payment_provider": "sandbox"}, "FUZHEN_PAYMENT_PROVIDER"),
    ({"stripe_secret_key": ""}, "FUZHEN_STRIPE_SECRET_KEY"),
    ({"stripe_webhook_secret": ""}, "FUZHEN_STRIPE_WEBHOOK_SECRET"), ({"public_url": ""}, "FUZHEN_PUBLIC_URL"),
    ({"public_url": "http://fuzhen.example"}, "FUZHEN_PUBLIC_URL"),
    ({"sms_adapter": "inbox"}, "FUZHEN_SMS_ADAPTER"), ({"sms_adapter": "log_nothing"}, "FUZHEN_SMS_ADAPTER"),
    ({"realname_adapter": "stand_in"}, "FUZHEN_REALNAME_ADAPTER"),
    ({"realname_adapter": "stand_in", "accept_stand_ins": ["sms"]}, "FUZHEN_REALNAME_ADAPTER"),
    ({"clock": datetime(2026, 1, 1, tzinfo=UTC)}, "FUZHEN_CLOCK")])
def test_production_refuses(change, named):
    with pytest.raises(ValueError, match=named):
        Settings(**GOOD | change)


def test_a_stand_in_runs_in_production_only_when_it_is_named_and_then_it_is_told():
    settings = Settings(**GOOD | {"sms_adapter": "inbox", "accept_stand_ins": ["sms"]})
    assert settings.stand_ins == ("sms",) and Settings(**GOOD).stand_ins == ()


class Courier:
    """An adapter of the installation, found by its name."""

    def send(self, phone, text, key):
        return SmsReceipt("courier", key, shown=False)


def test_an_adapter_of_the_installation_is_found_by_its_name_and_must_fit():
    assert plugged(f"{__name__}:Courier", {}, SmsSender).send("+86", "x", "k").provider == "courier"
    with pytest.raises(NoAdapter, match="no RealNameCheck"):
        plugged(f"{__name__}:Courier", {}, RealNameCheck)
    for name in ("no.such.module:Courier", f"{__name__}:Nobody", "datetime:datetime"):
        with pytest.raises(NoAdapter, match=name):
            plugged(name, {}, SmsSender)


@pytest.mark.parametrize("key", ["secret", "A" * 43 + "!", KEY[:-4], KEY + KEY])
def test_a_master_key_of_another_form_is_refused_by_name(key):
    with pytest.raises(ValueError, match="32 bytes in base64") as refused:
        Settings(**GOOD | {"master_key": key})
    assert key not in str(refused.value)


@pytest.mark.invariant(15)
def test_a_refusal_never_repeats_what_was_given():
    with pytest.raises(ValueError) as refused:
        Settings(**GOOD | {"stripe_secret_key": "sk_live_very_secret", "port": 0})
    assert "sk_live_very_secret" not in str(refused.value) and KEY not in str(refused.value)


def test_secrets_do_not_show_in_the_settings_text():
    assert KEY not in repr(Settings(**GOOD)) and "sk_live_1" not in str(Settings(**GOOD))


@pytest.mark.parametrize("change", [{"mode": "live"}, {"port": 70000}, {"payment_provider": "cash"},
                                    {"visit_wait_minutes": 0}, {"sms_adapter": "carrier_pigeon"},
                                    {"realname_adapter": "os:"}, {"accept_stand_ins": ["payments"]},
                                    {"database_url": "mysql://u@h/x"}, {"database_url": "postgresql://h:port/x"},
                                    {"trusted_proxies": ["*"]}, {"trusted_proxies": ["0.0.0.0/0"]},
                                    {"trusted_proxies": ["proxy.example"]}, {"trusted_proxies": ["10.0.0.1/8"]}])
def test_a_value_outside_its_range_is_refused(change):
    with pytest.raises(ValueError):
        Settings(**GOOD | change)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("FUZHEN_MODE", "demo")
    monkeypatch.setenv("FUZHEN_PORT", "8123")
    assert (Settings().mode, Settings().port) == ("demo", 8123)


def test_sqlite_in_the_data_folder_is_the_default(tmp_path):
    settings = Settings(mode="test", data=tmp_path)
    assert settings.url == f"sqlite:///{tmp_path.resolve() / 'fuzhen.db'}"
    assert Settings(mode="test", database_url="postgresql://x/y").url == "postgresql://x/y"


def test_the_address_that_people_use_has_no_slash_at_its_end():
    assert Settings(mode="test", public_url="https://fuzhen.example/").origin == "https://fuzhen.example"
    assert Settings(mode="test", port=8001).origin == "http://127.0.0.1:8001"


def test_a_given_key_is_used_and_a_missing_one_is_made_in_the_data_folder(tmp_path):
    assert build_keys(Settings(**GOOD, data=tmp_path)).derive("x") and not (tmp_path / "keys").exists()
    build_keys(Settings(mode="demo", data=tmp_path))
    assert (tmp_path / "keys" / "master.key").exists()


def test_the_demo_may_live_at_another_moment(tmp_path):
    moment = datetime(2026, 11, 21, 2, tzinfo=UTC)
    shifted = build_clock(Settings(mode="demo", clock=moment))
    assert 0 <= (shifted.now() - moment).total_seconds() < 60


@pytest.mark.parametrize(("said", "meant"), [
    ("2022-12-10", "2022-12-09T16:00+00:00"), ("2022-12-10T09:30", "2022-12-10T01:30+00:00"),
    ("2022-12-10T09:30Z", "2022-12-10T09:30+00:00"), ("2022-12-10T09:30+05:30", "2022-12-10T04:00+00:00")])
def test_a_moment_without_a_zone_is_hospital_time(monkeypatch, said, meant):
    monkeypatch.setenv("FUZHEN_CLOCK", said)
    now = build_clock(Settings(mode="demo")).now()
    assert 0 <= (now - datetime.fromisoformat(meant)).total_seconds() < 60 and now.utcoffset() == timedelta(0)


def test_a_tool_that_nobody_wired_fails_loudly(tmp_path):
    tools = build_tools(Settings(mode="test", data=tmp_path))
    with pytest.raises(LookupError, match="nothing is wired for int"):
        tools.get(int)
