"""What this room hears of others (nothing: every step asks it), and the job that it runs."""
from typing import Any

from app.policy.versions.replaying import JOB_KINDS

SUBSCRIPTIONS: dict[Any, Any] = {}
__all__ = ["JOB_KINDS", "SUBSCRIPTIONS"]
