"""Day 90 as a list and as a calendar, and the dates of one unit for a calendar."""
