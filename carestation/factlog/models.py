"""The log and the cursors of its followers.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class TransactionIdField(models.PositiveBigIntegerField[int, int]):
    """PostgreSQL's xid8: the number of the transaction that wrote the row."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002 - Django's signature
        """Return the type of the column."""
        return "xid8"

    def db_check(self, connection: BaseDatabaseWrapper) -> None:
        """Return no check: xid8 has no order against numbers."""


class LoggedFact(models.Model):
    """One fact: ids and enums, never words.

    `id`, `era`, `xid` and `at` are filled by the database. Kept by months of `at`: who looks for a
    fact by its id says when it was, too, so that one month is looked at.
    """

    id = models.BigAutoField(primary_key=True)
    era = models.SmallIntegerField(db_default=1)
    xid = TransactionIdField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    actor_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    group_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    object_id = models.UUIDField()
    request_id = models.UUIDField()
    detail = models.JSONField()

    class Meta:
        """Followers read in this order."""

        indexes = [models.Index(fields=["era", "xid", "id"], name="factlog_in_order")]

    def __str__(self) -> str:
        """Return the kind."""
        return self.kind


class Cursor(models.Model):
    """How far a follower has come."""

    follower = models.CharField(max_length=120, primary_key=True)
    era = models.SmallIntegerField(default=0)
    xid = models.TextField(default="0")
    fact_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """Return the follower's name."""
        return self.follower
