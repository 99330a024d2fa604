"""People: patients, who may act for them, and whether a register knows them by this name and number."""
