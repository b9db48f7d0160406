"""What is typed about a facility: one module per noun."""
