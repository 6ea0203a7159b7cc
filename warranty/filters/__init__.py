"""What lists of shipments, reports and disputes are asked for, one module a list."""
