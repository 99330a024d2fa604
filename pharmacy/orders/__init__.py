"""The patient's wish to have a prescription filled, and what became of it."""
