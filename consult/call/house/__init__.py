"""What the operator of this installation set for calls, and what the last check of it found."""
