"""The desk for cases: what waits, what staff can do about it, and what the figures say."""
