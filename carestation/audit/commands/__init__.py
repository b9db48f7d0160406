"""Sealing the log, and what is taken out of it."""
