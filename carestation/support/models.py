"""What the watch keeps: what it measured, and who it signs in as; how much shall run; what failed.

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from carestation.kernel.ids import uuid7
from carestation.vault.sealing import Place


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Filters."""

    def lately(self, now: datetime, span: timedelta) -> Self:
        """Those of the time that ends now.

        What seems to come from the future was measured before the clock was set back: it tells
        nothing of now.
        """
        return self.filter(at__gt=now - span, at__lte=now)

    def last_of_nodes(
        self, now: datetime, span: timedelta
    ) -> "models.QuerySet[Reading, tuple[str, datetime]]":
        """Each machine, and when it measured last."""
        return self.lately(now, span).values_list("node").annotate(models.Max("at")).order_by()


class Reading(models.Model):
    """What one machine measured: in one minute, or in an hour of which so many are `folded`.

    `name`: one of `choices.Measured`, or what was measured once and is no more. `node`: the
    machine's own name. A minute that nobody measured has no row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    node = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    at = models.DateTimeField(db_index=True)
    folded = models.PositiveSmallIntegerField(default=0)
    mean = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    objects = ReadingQuerySet.as_manager()

    class Meta:
        """Of each machine, thing and time one."""

        constraints = [
            models.UniqueConstraint(fields=["name", "node", "at"], name="support_reading_is_one"),
            models.CheckConstraint(
                condition=Q(low__lte=models.F("mean"), high__gte=models.F("mean")),
                name="support_reading_mean_is_between",
            ),
        ]

    def __str__(self) -> str:
        """Return what and when."""
        return f"{self.name} {self.at}"


class Capacity(models.Model):
    """How many processes shall run on each machine: the newest row; the others say what was before.

    `threads`: of each web process; each has a connection to the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    web = models.PositiveSmallIntegerField()
    threads = models.PositiveSmallIntegerField()
    workers = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        """Within what one machine can run (`rules`)."""

        constraints = [
            models.CheckConstraint(
                condition=Q(web__range=(1, 16), threads__range=(1, 16), workers__range=(1, 4)),
                name="support_capacity_is_sound",
            )
        ]

    def __str__(self) -> str:
        """Return the numbers."""
        return f"{self.web} × {self.threads}, {self.workers}"


class Probe(models.Model):
    """The program user who signs in, posts and reads back, in a group that no facility has.

    Only the password is ours to keep: it is made here, and nobody ever types it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    password_sealed = models.BinaryField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"], nulls_distinct=False, name="support_probe_is_one"
            )
        ]

    def __str__(self) -> str:
        """Return the person's id."""
        return str(self.person_id)

    @staticmethod
    def password_place(probe_id: UUID) -> Place:
        """Return where the password is sealed."""
        return Place("support_probe", "password", probe_id)


class OutageQuerySet(models.QuerySet["Outage"]):
    """Filters."""

    def since(self, at: datetime) -> Self:
        """Those that go on, or ended after a time; the newest first."""
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=at)).order_by("-began_at", "-id")


class Outage(models.Model):
    """What did not work, from when to when, as the operator tells everyone.

    Public, so in the clear: it is read where nobody signs in, and where the keys are away.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    title = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OutageQuerySet.as_manager()

    class Meta:
        """It does not end before it begins."""

        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")),
                name="support_outage_ends_after_it_began",
            )
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class OutageNote(models.Model):
    """What the operator told of an outage, once: nothing that was told is written over."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=500)
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the words."""
        return self.words


class ClockDoubt(models.Model):
    """A stretch of the log that was written while no machine vouched for the database's time.

    Bounded by facts and not by times, which are what is doubted: it is what comes behind
    `after_fact`, up to `last_fact`; None: it goes on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    after_fact = models.BigIntegerField()
    last_fact = models.BigIntegerField(null=True)

    class Meta:
        """One goes on at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["last_fact"], nulls_distinct=False, name="support_clock_doubt_is_one"
            )
        ]

    def __str__(self) -> str:
        """Return behind which fact it begins."""
        return str(self.after_fact)


class OperatorsReview(models.Model):
    """An operator looked through the list of so many operators, and signed that it is right."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    people = models.PositiveIntegerField()
    reviewed_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return when."""
        return str(self.reviewed_at)


class TypedCommand(models.Model):
    """Who says to type a command at the machine, under which account of the system, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name_sealed = models.BinaryField()
    account_sealed = models.BinaryField()
    reason_sealed = models.BinaryField()

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)

    @staticmethod
    def place(column: str, typed_id: UUID) -> Place:
        """Return where a column is sealed."""
        return Place("support_typedcommand", column, typed_id)
