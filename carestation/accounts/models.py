"""People.

Controls: ISO/IEC 27017 5.16; white paper 「利用者アクセスの管理」.
"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from carestation.kernel.ids import uuid7


class User(AbstractBaseUser):
    """A person. Name and address are sealed under the person's own scope (its id is theirs).

    `email_index` is a keyed hash of the folded address: it finds, and tells nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    email_index = models.BinaryField(max_length=32, unique=True)
    email_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    kana_sealed = models.BinaryField()
    is_professional = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        """Return the id: a person's name is sealed."""
        return str(self.pk)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether this person may still sign in."""
        return self.ended_at is None
