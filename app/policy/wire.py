"""Registers the policy set in force, so that commands ask for it with `work.tool(PolicySet)`."""
from app.kit.tools import Tools
from app.policy.policy_set import PolicySet, shipped_policy_set


def wire(tools: Tools, settings: object) -> None:
    """Put the shipped policy set where commands find it; a pack that cannot be used stops the start."""
    tools.put(PolicySet, shipped_policy_set())
