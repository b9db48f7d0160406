"""Reading of people, of their sessions and of what protects them: one module per noun."""
