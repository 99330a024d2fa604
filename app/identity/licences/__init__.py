"""Licence files: what a doctor may do, where, until when, and who vouches for it."""
