"""The calls: sessions, oneself, posts, files, and their description. Each returns an `Answer`."""
