"""Pages of a facility's desk: one module per noun."""
