"""The search in the header: one text, everything it may name, in scope only."""
