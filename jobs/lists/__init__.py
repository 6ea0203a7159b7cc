"""Lists that people filter, sort, page through and take away: one machinery for all of them."""
