"""Argon2id at its least cost: the same algorithm, quick enough for hundreds of sign-ins."""

from carestation.accounts.gate.hasher import PepperedArgon2


class QuickArgon2(PepperedArgon2):
    time_cost = 1
    memory_cost = 64
