"""A time that both sides agree on for a call, inside a visit that runs."""
