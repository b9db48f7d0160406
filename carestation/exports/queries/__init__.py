"""Reading for exports: what a facility may see, row by row, and how exports stand."""
