"""Ids, actor, errors, statements, pushes, after-commit, the HTTP edge and the log's format.

No tables, no domain words.

Announces: nothing.
Listens to: nothing.
Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""
