"""The consultation: triage, visit, conversation, and what belongs to one episode of care online."""
