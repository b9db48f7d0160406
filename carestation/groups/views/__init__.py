"""Pages about who sits together: one module per noun."""
