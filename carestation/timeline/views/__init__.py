"""HTTP of timelines: home, reading, writing, posts, files."""
