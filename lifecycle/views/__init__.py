"""Pages of announcements: for everybody, for holders, for those who write them."""
