"""One module per hot path, each with its budget: a table, and `benchmarks/out/*.json`."""
