"""The pages of warranty, one module a subject."""
