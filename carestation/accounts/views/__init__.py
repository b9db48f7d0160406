"""Pages of the entry and of one's own account: one module per noun."""
