"""Finds posts and files without leaving plain text behind.

Of each post, each file's name and each document's words, the pairs of letters are kept as numbers
that only the key of the group makes. What they lead to is unsealed and read before it counts.

Announces: SearchMade, HitsShown.
Listens to: PostPublished, PostEdited, PostWithdrawn, PostRestored, KeysErased.
Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""
