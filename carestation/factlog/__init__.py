"""The append-only log of facts, which is the audit trail and the only queue.

A command announces; followers read what is surely committed, each from its own cursor. Time,
transaction and leaf hash are the database's own: the application may insert and read, no more.

Announces: nothing of its own.
Listens to: nothing.
Controls: ISO/IEC 27017 8.15; white paper 「ログ」, 「記録の保護」.
"""
