"""Checks of many serial numbers that people hand in, and their answers as a file."""
