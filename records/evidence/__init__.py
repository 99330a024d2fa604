"""What proves an earlier in-person diagnosis, as a doctor judged it."""
