"""An organization's own data as one file of tables, made by a worker and kept for a day."""
