"""What Django and allauth call by name: middleware, session store, hasher, and allauth's adapter.

It stands above commands and queries, as views do (docs/decisions/0010).
"""
