"""Messages to people: an inbox in the product, and text messages through an adapter. No health data in either."""
