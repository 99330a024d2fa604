"""The drug file: names, products, dose limits and warnings, read from versioned data and searched."""
