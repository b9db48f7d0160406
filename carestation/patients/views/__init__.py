"""Pages about a patient: one module per noun."""
