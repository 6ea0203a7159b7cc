"""What the pages of warranty ask, one module a subject."""
