"""The units of an organization as a list: cover, contracts and life cycle at a glance."""
