"""The life cycles of a version of the hospital's own rules and of a replay."""
from app.kit.states import Machine, moves

POLICY_VERSION = Machine.of(
    "policy_version", "draft",
    moves("edit", "draft checked replayed", "draft", "compliance"),
    moves("check", "draft", "checked", "compliance"),
    moves("replay", "checked", "replayed", "house"),
    moves("propose", "replayed", "proposed", "compliance"),
    moves("approve", "proposed", "approved", "compliance"),
    moves("reject", "proposed", "rejected", "compliance"),
    moves("publish", "approved", "published", "compliance"),
    moves("withdraw", "draft checked replayed proposed approved published", "withdrawn", "compliance"))

POLICY_REPLAY = Machine.of(
    "policy_replay", "running",
    moves("finish", "running", "finished", "house"),
    moves("cancel", "running", "cancelled", "compliance"))

OPEN = ("draft", "checked", "replayed")     # its author may still change it
