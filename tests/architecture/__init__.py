"""The shape of the house, held by tests."""
