"""The file itself: its timeline, the conditions, who may read it, and who did."""
