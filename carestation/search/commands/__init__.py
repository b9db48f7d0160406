"""Writing the index, and putting down who looked for something."""
