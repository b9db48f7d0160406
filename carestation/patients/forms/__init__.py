"""What is typed about a patient: one module per noun."""
