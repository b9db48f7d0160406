"""Sealing of what people typed and uploaded.

The root key (a file, later a key service) wraps one key per facility and one for the operator;
they wrap one bundle per scope: a patient group, a free group, a direct talk, a person. A bundle
holds a key that seals (AES-256-GCM) and a key that derives (HMAC-SHA-256, for look-ups). A value
is bound to its table, column, row and scope, and opens nowhere else.

Announces: RotationBegan, GroupKeysTurned, RotationEnded, KeysErased,
    PersonKeysErased, SharesRehearsed.
Listens to: nothing.
Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""
