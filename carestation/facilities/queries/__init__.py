"""Reading of facilities: one module per noun. Unsealing is done here alone."""
