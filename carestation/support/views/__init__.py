"""Pages of the manual, and of the console: one module per noun."""
