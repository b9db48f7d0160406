"""People: who they are, how they sign in, and through which session they act.

Announces: see `facts`.
Listens to: nothing.
Controls: ISO/IEC 27017 5.16, 5.17; white paper 「認証情報の管理」.
"""
