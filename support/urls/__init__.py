"""The addresses of support, by where they stand."""
