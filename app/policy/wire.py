"""Registers the law of the place: the policies of the files, and the shelf of the hospital's own versions."""
from app.kit.tools import Tools
from app.policy.policy_set import PolicySet, shipped_policy_set
from app.policy.versions.in_force import Shelf
from app.settings import Settings


def wire(tools: Tools, settings: Settings) -> None:
    """Put the policies that the settings name where commands find them; one that cannot be used stops the start."""
    tools.put(PolicySet, shipped_policy_set(settings.policy, tuple(settings.policy_layers)))
    tools.put(Shelf, Shelf())
