"""The rule set as data: its shape, its conditions, its reading from files, and the search for faults."""
