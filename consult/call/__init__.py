"""Talking by voice or video inside a visit: who is there, what their browsers tell each other, and how long it was."""
