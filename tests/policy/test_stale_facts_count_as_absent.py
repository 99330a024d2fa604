"""A fact sheet keeps sources and times, and drops what is older than its limit."""
from datetime import UTC, date, datetime, timedelta

import pytest

from app.policy.sheet import FactSheet
from tests.policy.asking import pack

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


def sheet(**since: datetime) -> FactSheet:
    return FactSheet(pack("cn-mainland"), NOW, **since)


def kept(name: str, age: timedelta, **since: datetime) -> bool:
    """Put a true fact of this age and tell whether it is still there."""
    one = sheet(**since)
    one.put(name, True, at=NOW - age)
    assert (name in one.values()) is (name not in one.stale)
    return name in one.values()


@pytest.mark.parametrize(("name", "limit"), [
    ("doctor.realname_verified_now", timedelta(hours=12)), ("patient.realname_verified", timedelta(days=365)),
    ("order.buyer_realname", timedelta(days=365)), ("institution.licensed_internet", timedelta(hours=24)),
    ("pharmacist.title_ok", timedelta(hours=24))])
def test_a_fact_is_dropped_one_second_after_its_limit(name, limit):
    assert kept(name, limit) and not kept(name, limit + timedelta(seconds=1))


def test_what_belongs_to_this_visit_is_not_taken_from_an_earlier_one():
    began = NOW - timedelta(hours=1)
    assert kept("visit.condition_changed", timedelta(minutes=59), visit_since=began)
    assert not kept("visit.condition_changed", timedelta(minutes=61), visit_since=began)


def test_what_belongs_to_this_prescription_is_not_taken_from_an_earlier_one():
    began = NOW - timedelta(hours=1)
    assert not kept("rx.off_label_consent", timedelta(hours=2), prescription_since=began)


def test_the_same_day_is_the_day_of_the_policy_and_not_of_greenwich():
    assert kept("insurance.same_pooling_area", timedelta(hours=9, minutes=59))
    assert not kept("insurance.same_pooling_area", timedelta(hours=10, minutes=1))


def test_a_consent_stays_until_it_is_withdrawn():
    assert kept("patient.sensitive_data_consent", timedelta(days=4000))


def test_a_fact_from_the_future_is_not_believed():
    assert not kept("patient.realname_verified", timedelta(seconds=-1))


def test_a_stale_fact_replaces_the_fresh_one_of_the_same_name_by_nothing():
    one = sheet()
    one.put("doctor.realname_verified_now", True)
    one.put("doctor.realname_verified_now", False, at=NOW - timedelta(days=2))
    assert one.values() == {} and one.stale == ["doctor.realname_verified_now"]


def test_none_is_not_a_value():
    one = sheet()
    one.put("patient.age_years", None)
    assert one.values() == {}


def test_values_become_plain_json():
    one = sheet()
    one.put("prior.date", date(2026, 11, 1))
    one.put("rx.drug_classes", frozenset({"otc", "cold_chain"}))
    assert one.values() == {"prior.date": "2026-11-01", "rx.drug_classes": ["cold_chain", "otc"]}


def test_a_drug_brings_its_classes_with_their_source():
    one = sheet()
    one.put_drug("warfarin")
    [fact] = one.facts()
    assert fact.value == ["nmpa_list_other", "ordinary"] and fact.source == "drug_class:warfarin"


def test_the_next_drug_does_not_inherit_the_classes_of_the_last():
    one = sheet()
    one.put_drug("warfarin")
    one.put_drug("no_such_drug")
    assert one.values() == {}
