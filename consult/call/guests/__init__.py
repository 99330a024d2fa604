"""Third people in a call: a relative, a guardian, an interpreter, a second doctor, by a link with a code."""
