"""What the log says, and whether it is as it was sealed."""
