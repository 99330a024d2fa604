"""The pages that people see, one package an audience."""
