"""Reading of groups: who sits where."""
