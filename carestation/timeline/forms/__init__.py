"""What people typed and handed in, cleaned."""
