"""What lifecycle managers fill in."""
