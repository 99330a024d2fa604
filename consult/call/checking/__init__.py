"""Do calls work in this installation? Everything is really tried: relays asked, a copy recorded and read again."""
