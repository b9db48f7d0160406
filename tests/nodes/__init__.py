"""Several nodes, as separate processes on loopback: the same code, one database, bus and store."""
