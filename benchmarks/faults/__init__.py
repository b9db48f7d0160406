"""Two of everything and three servers of the bus, broken piece by piece while people write."""
