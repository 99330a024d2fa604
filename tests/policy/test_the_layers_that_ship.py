"""The worked examples of a province and of an institution: both tighten, and neither can be gone round."""
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.policy.api import PolicyError, PolicySet
from app.policy.decision import Decision
from app.policy.engine import decide
from app.policy.loading import load_pack, load_policy
from app.policy.policy_set import shipped_policy_set
from app.policy.reading import PACKS
from app.settings import Settings
from app.wiring import build_tools
from tests.policy.asking import TODAY, all_cases, in_order

LAYERS = PACKS / "layers"
HOUSE, TIANJIN = LAYERS / "cn-house-example.yaml", LAYERS / "cn-tj-2026.yaml"


def asked(*layers: Path, on: date = TODAY, **changes: Any) -> Decision:
    """A prescription in good order but for the changes, under the nation and these layers."""
    facts = in_order("CN-001") | {name.replace("__", "."): value for name, value in changes.items()}
    return decide(shipped_policy_set("cn-mainland", layers), "prescribe", on, facts)


@pytest.mark.parametrize(("days", "held"), [(89, False), (90, False), (91, True), (400, True)])
def test_a_house_may_ask_for_newer_evidence_than_the_nation(days: int, held: bool):
    diagnosed = (TODAY - timedelta(days=days)).isoformat()
    assert asked(prior__date=diagnosed).allowed
    decision = asked(HOUSE, prior__date=diagnosed)
    assert decision.rule_ids == (("HOUSE-VISIT-01",) if held else ())
    assert not held or ("90天" in decision.summary.zh and "90 days" in decision.summary.en)


@pytest.mark.invariant(1)
def test_a_date_that_nobody_knows_is_not_new(days: int = 0):
    decision = asked(HOUSE)
    assert decision.rule_ids == ("HOUSE-VISIT-01",) and decision.missing == ("prior.date",)


@pytest.mark.parametrize(("changes", "rule"), [({"rx__ai_generated": True}, "TJ-RX-01"),
                                               ({"patient__age_years": 6}, "TJ-RX-02")])
def test_a_province_speaks_from_its_first_day_on(changes: dict[str, Any], rule: str):
    def fired(on: date) -> set[str]:
        return {entry.rule for entry in asked(TIANJIN, on=on, **changes).holding}
    assert rule in fired(date(2026, 2, 5)) and rule not in fired(date(2026, 2, 4))


@pytest.mark.parametrize("layer", [HOUSE, TIANJIN], ids=lambda path: path.stem)
def test_no_case_is_decided_more_mildly_below_a_layer(layer: Path):
    with_layer = PolicySet.of([load_pack("cn-mainland"), load_policy(layer)])
    for case in all_cases("cn-mainland"):
        assert decide(with_layer, case.stage, case.as_of, case.facts).verdict.rank >= decide(
            shipped_policy_set(), case.stage, case.as_of, case.facts).verdict.rank, case.id


def test_the_settings_choose_the_pack_and_its_layers(tmp_path: Path):
    tools = build_tools(Settings(mode="test", data=tmp_path, policy_layers=[HOUSE, TIANJIN]))
    assert [layer.id for layer in tools.get(PolicySet).layers] == ["cn-mainland", "cn-tj-2026", "cn-house-example"]


@pytest.mark.parametrize("wrong", [{"policy": "nowhere"}, {"policy_layers": [Path("nowhere.yaml")]},
                                   {"policy": "uk-gphc-gmc", "policy_layers": [HOUSE]}])
def test_a_house_does_not_open_under_a_policy_that_cannot_be_read(tmp_path: Path, wrong: dict[str, Any]):
    with pytest.raises(PolicyError):
        build_tools(Settings(mode="test", data=tmp_path, **wrong))
