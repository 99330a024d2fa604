"""Pages for everybody: the start page, registration, sign-in, explanations of problems."""
