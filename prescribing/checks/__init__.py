"""What speaks against a draft prescription: pure checks over the drug file and the known facts."""
