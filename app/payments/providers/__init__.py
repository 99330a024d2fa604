"""The outside world of money, behind one interface: sandbox, Stripe, cash at the door."""
