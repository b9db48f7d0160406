"""Changes: one module per noun."""
