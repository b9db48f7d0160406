"""Changes of groups: one module per noun."""
