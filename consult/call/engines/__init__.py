"""How sound and picture get from one party of a call to the others: one interface, three ways."""
