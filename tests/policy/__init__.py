"""The policy engine, its rule packs, and the record of what it decided."""
