"""The worked examples of a province and of an institution: both tighten, and neither can be gone round."""
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from app.policy.api import PolicyError, PolicySet
from app.policy.decision import Decision
from app.policy.engine import decide
from app.policy.loading import load_pack, load_policy
from app.policy.policy_set import shipped_policy_set
from app.policy.reading import PACKS
from app.policy.rulebook import Policy
from app.settings import Settings
from app.wiring import build_tools
from tests.policy.asking import TODAY, all_cases, in_order
from tests.policy.test_no_rule_date_or_number_can_change_unnoticed import dropped_rules, shifted_params, shifted_starts

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


CASES: dict[Path, list[tuple[date, dict[str, Any], set[str]]]] = {
    HOUSE: [(TODAY, {"prior.date": "2026-08-23"}, set()), (TODAY, {"prior.date": "2026-08-22"}, {"HOUSE-VISIT-01"}),
            (date(2026, 1, 1), {"prior.date": "2025-01-01"}, {"HOUSE-VISIT-01"}),
            (date(2025, 12, 31), {"prior.date": "2025-01-01"}, set())],
    TIANJIN: [(on, changes, {rule} if held else set())
              for changes, rule in (({"rx.ai_generated": True}, "TJ-RX-01"), ({"patient.age_years": 6}, "TJ-RX-02"))
              for on, held in ((date(2026, 2, 5), True), (date(2026, 2, 4), False))]
             + [(TODAY, {"patient.age_years": 7}, set())]}


def said(policy: Policy, on: date, changes: dict[str, Any]) -> set[str]:
    """What the layer alone holds of a prescription in good order but for the changes."""
    facts = in_order("CN-001") | {"patient.guardian_present": False} | changes
    return {one.rule for one in decide(PolicySet.of([policy]), "prescribe", on, facts).holding}


@pytest.mark.parametrize("layer", [HOUSE, TIANJIN], ids=lambda path: path.stem)
def test_every_dropped_rule_shifted_number_and_shifted_date_of_a_layer_makes_a_case_fail(layer: Path):
    policy = load_policy(layer)
    assert all(said(policy, on, changes) == rules for on, changes, rules in CASES[layer])
    mutants = chain(dropped_rules(policy), shifted_params(policy), shifted_starts(policy))
    unseen = {what for what, mutant in mutants
              if all(said(mutant, on, changes) == rules for on, changes, rules in CASES[layer])}
    assert unseen == set()
