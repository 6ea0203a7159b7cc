"""The public check: what anybody may learn about a unit from its serial number."""
