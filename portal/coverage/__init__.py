"""The coverage plan: warranty and contracts of every unit of a customer, side by side."""
