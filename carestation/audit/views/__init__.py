"""HTTP of the record: at a facility's desk, and at the console."""
