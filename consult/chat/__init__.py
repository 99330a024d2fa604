"""The conversation of a visit: numbered messages, stored before they are shown."""
