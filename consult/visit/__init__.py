"""One episode of care online: from the wish for a visit to the doctor's explicit finish."""
