"""Changes of patients: one module per noun."""
