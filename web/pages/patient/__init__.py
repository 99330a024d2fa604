"""The pages of the patient and the guardian."""
