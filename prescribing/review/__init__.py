"""The pharmacist's decision on a prescription: approve it, or return it with a reason."""
