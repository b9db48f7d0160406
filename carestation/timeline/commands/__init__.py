"""Changes of timelines: posts, changes of posts, acknowledgements, reading, files."""
