"""Changes of people, sessions and what proves who someone is: one module per noun."""
