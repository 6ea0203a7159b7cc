"""What people are asked about a case, one module a subject."""
