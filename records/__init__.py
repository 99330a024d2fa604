"""The record file: everything about one patient for life, and who may look at it."""
