"""Who in an organization gets which mail, for its managers."""
