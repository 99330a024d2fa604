"""Triage: fixed, versioned questions that tell a patient how soon and where to be seen."""
