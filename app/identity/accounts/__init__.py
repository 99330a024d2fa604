"""Accounts: phone or user name, password, one-time codes, sessions."""
