"""The consents of a patient: which text of which version was agreed to, when and by whom."""
