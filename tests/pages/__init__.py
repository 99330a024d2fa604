"""Every page of the site in a real browser: each role, both languages, ordinary and large text."""
