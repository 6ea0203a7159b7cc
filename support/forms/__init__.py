"""What people may write about support, by subject."""
