"""A unit's cover on one printed page, and the code by which anybody checks that page."""
