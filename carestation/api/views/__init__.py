"""The calls of programs, by what they are about. Each returns an `Answer`."""
