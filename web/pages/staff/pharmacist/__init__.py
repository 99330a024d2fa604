"""The pharmacist's pages: queue, review, what was decided."""
