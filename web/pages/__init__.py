"""Pages for people, by audience; they call the same commands and queries as the API."""
