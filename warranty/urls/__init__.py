"""The addresses of warranty, one module a subject, each included under its own path."""
