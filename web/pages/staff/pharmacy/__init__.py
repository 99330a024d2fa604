"""A partner pharmacy's pages: board, pick list, label."""
