"""Acknowledged means kept: pieces are killed while people write."""
