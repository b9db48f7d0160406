"""Argon2id at its least cost: the same algorithm, quick enough for hundreds of sign-ins."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 64
    parallelism = 1
