"""Calls inside a visit."""
