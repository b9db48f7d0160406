"""Reading of groups: who sits where, who is invited."""
