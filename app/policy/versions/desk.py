"""What the compliance officer's pages and programs call: versions of the hospital's own rules from draft to date."""
from app.policy.versions.commands import (
    approve,
    begin_draft,
    begin_replay,
    cancel_replay,
    check_version,
    propose,
    publish,
    reject,
    save_draft,
    withdraw,
)
from app.policy.versions.in_force import base_hashes, policies_in_force, policy_of, version_in_force
from app.policy.versions.models import PolicyReplay, PolicyReplayChange, PolicyVersion
from app.policy.versions.outcomes import Example, Outcomes, RuleMove, outcomes
from app.policy.versions.queries import (
    Affected,
    affected,
    changes,
    current_replay,
    current_version,
    is_current,
    is_over,
    policy_under,
    replay,
    replays,
    require_officer,
    version,
    versions,
    waiting,
)
from app.policy.versions.source import HOUSE_LAYER, house_policy, read_body, source_of, written
from app.policy.versions.states import OPEN, POLICY_REPLAY, POLICY_VERSION
from app.policy.versions.templates import Template, templates

__all__ = [
    "HOUSE_LAYER", "OPEN", "POLICY_REPLAY", "POLICY_VERSION", "Affected", "Example", "Outcomes", "PolicyReplay",
    "PolicyReplayChange", "PolicyVersion", "RuleMove", "Template", "affected", "approve", "base_hashes",
    "begin_draft", "begin_replay", "cancel_replay", "changes", "check_version", "current_replay", "current_version",
    "house_policy", "is_current", "is_over", "outcomes", "policies_in_force", "policy_of", "policy_under",
    "propose", "publish", "read_body", "reject", "replay", "replays", "require_officer", "save_draft", "source_of",
    "templates", "version", "version_in_force", "versions", "waiting", "withdraw", "written",
]
