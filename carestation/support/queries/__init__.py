"""Reading: the manual's contents, and what stands around a console's pages."""
