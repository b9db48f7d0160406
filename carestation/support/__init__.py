"""Help for those who use the product: the manual, a page for each screen.

Public: it is read before there is an account, and when signing in fails. It knows no one and
keeps nothing. Each screen links its page by `url("support:help", slug)`.

Announces: nothing.
Listens to: nothing.
Controls: ISO/IEC 27017 5.16, 5.18, CLD.12.1.5; white paper 「管理者用手順」, 「認証情報の管理」.
"""
