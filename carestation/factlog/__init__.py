"""The append-only log of facts, which is the audit trail and the only queue.

A command announces; followers read what is surely committed, each from its own cursor. Time and
transaction are the database's own: the application may insert and read, no more. It is kept by
months, which are made ahead.

Announces: nothing of its own.
Listens to: nothing.
Controls: ISO/IEC 27017 8.15; white paper 「ログ」, 「記録の保護」.
"""
