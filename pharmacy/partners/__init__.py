"""Partner pharmacies: where they are, when they open, what they have and what it costs."""
