"""Offers: one pharmacy at a time is asked, answers or is silent, and the next best follows."""
