"""Uploaded and received files: checked, kept byte for byte, shown as a clean copy."""
