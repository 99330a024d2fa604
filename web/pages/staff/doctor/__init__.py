"""The doctor's pages: console, note, evidence, ends, prescriptions."""
