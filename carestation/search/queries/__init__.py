"""Reading: what an entry is about, and what is found."""
