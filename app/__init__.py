"""What every step of the hospital stands on, and its front door."""
