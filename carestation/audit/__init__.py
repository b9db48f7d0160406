"""The fact log as people read it, and its seal: a tree over all facts, signed every minute.

The sealer takes what has surely committed, in order, and keeps each leaf hash at its number. Over
them grow the tree of RFC 6962 for the whole log and one per facility; their roots are signed as
checkpoints, which leave the database. Whoever changes, adds, takes away or moves a row, or puts
back an older table, is found out by `carestation audit verify`, or by a facility's own verifier.
What is over the term of its facility goes from the log; what was sealed and signed of it stays.

Announces: RecordViewed, ReadersViewed, ActsViewed, ActsExtracted, FactsRemoved.
Listens to: every fact, as a row.
Controls: ISO/IEC 27017 8.15; white paper 「ログ」, 「記録の保護」.
"""
