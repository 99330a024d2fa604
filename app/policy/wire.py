"""Registers the policy set in force, so that commands ask for it with `work.tool(PolicySet)`."""
from app.kit.tools import Tools
from app.policy.policy_set import PolicySet, shipped_policy_set
from app.settings import Settings


def wire(tools: Tools, settings: Settings) -> None:
    """Put the policies that the settings name where commands find them; one that cannot be used stops the start."""
    tools.put(PolicySet, shipped_policy_set(settings.policy, tuple(settings.policy_layers)))
