"""The hospital's own rules: versions from draft to publication, their replays, and the one that is in force."""
