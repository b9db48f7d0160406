"""Changes of facilities and of who works there: one module per noun."""
