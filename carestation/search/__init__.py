"""Finds posts and files without leaving plain text behind.

Of each post, and of each file's name, the pairs of letters are kept as numbers that only the key of
its group makes. What they lead to is unsealed and read before it counts as found.

Announces: SearchMade, HitsShown.
Listens to: PostPublished, PostEdited, PostWithdrawn.
Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""
