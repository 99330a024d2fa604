"""The medicine: partner pharmacies, orders, offers, packing and delivery."""
