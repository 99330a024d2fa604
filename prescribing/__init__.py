"""The prescription: which drugs there are, what speaks against a draft, and how it is signed and reviewed."""
