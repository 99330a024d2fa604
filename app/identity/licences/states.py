"""The life cycle of a licence file."""
from app.kit.states import Machine, moves

LICENCE = Machine.of(
    "licence", "submitted",
    moves("verify", "submitted", "verified", "admin"),
    moves("suspend", "verified", "suspended", "admin compliance"),
    moves("expire", "verified", "expired", "house"),
    moves("restore", "suspended expired", "verified", "admin"),
)
