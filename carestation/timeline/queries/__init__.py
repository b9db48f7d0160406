"""Reading a timeline: its posts, and the files they carry. Unsealing is done here alone."""
