"""Money: charge lines, payments, refunds, the ledger, and the providers that move it."""
