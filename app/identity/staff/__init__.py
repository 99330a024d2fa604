"""Staff: organisations, roles, practitioners, their duty and their signing keys."""
