"""The prescription: a draft that nobody else sees, signed by its doctor, valid for days, redeemed once."""
