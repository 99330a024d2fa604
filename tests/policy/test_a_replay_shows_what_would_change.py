"""A replay decides real decisions again under another policy, stores nothing, and names each that changes."""
import pytest

from app.kit.ids import uuid7
from app.policy.api import PolicyDecision, PolicyError, Subject, fact_sheet, judge
from app.policy.loading import load_pack, parse_policy
from app.policy.reading import read_yaml
from app.policy.replaying import replay_stored, require_fit
from app.work import HOUSE, House, all_of
from tests.policy.asking import in_order
from tests.policy.test_the_policy_command import STRICT


@pytest.fixture
def decided(house: House) -> House:
    """Two prescriptions were allowed: of five and of seven days."""
    for days in (5, 7):
        with house.write(HOUSE) as work:
            sheet = fact_sheet(work, visit_since=work.now, prescription_since=work.now)
            for name, value in (in_order("CN-001") | {"rx.days": days}).items():
                sheet.put(name, value)
            assert judge(work, "prescribe", sheet, Subject(kind="prescription", id=uuid7())).allowed
    return house


def test_a_stricter_layer_changes_what_it_should_and_nothing_else(decided: House):
    with decided.read(HOUSE) as work:
        seen = list(replay_stored(work, parse_policy(read_yaml(STRICT, "house.yaml")), 10))
        assert len(all_of(work, PolicyDecision)) == 2       # nothing was stored
    assert [one.changes for one in seen] == [True, False]   # the newest first
    assert seen[0].plain()["after"] == {"decision": "block", "rules": ["EX-H-01"]}


def test_the_policy_that_decided_changes_nothing(decided: House):
    with decided.read(HOUSE) as work:
        assert not any(one.changes for one in replay_stored(work, load_pack("cn-mainland"), 10))


def test_only_the_last_ones_are_asked_for(decided: House):
    with decided.read(HOUSE) as work:
        assert len(list(replay_stored(work, load_pack("cn-mainland"), 1))) == 1


def test_a_policy_of_another_country_does_not_join(decided: House):
    with decided.read(HOUSE) as work, pytest.raises(PolicyError):
        list(replay_stored(work, load_pack("sg-hcsa-oms"), 10))


@pytest.mark.parametrize(("changes", "said"), [
    (("example-hospital", "cn-mainland"), "another layer has this id"),
    (("EX-H-01", "CN-RX-01"), "another layer has a rule of this id"),
    (("CN-TJ", "XX"), "layers belong to different countries"),
])
def test_what_could_not_stand_among_the_rules_of_today_is_refused_before_any_decision(
        house: House, changes: tuple[str, str], said: str):
    policy = parse_policy(read_yaml(STRICT.replace(*changes), "house.yaml"))
    with house.read(HOUSE) as work, pytest.raises(PolicyError, match=said):
        require_fit(work, policy)
