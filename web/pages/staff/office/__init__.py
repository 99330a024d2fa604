"""Pages of the office: licence files and the audit trail."""
