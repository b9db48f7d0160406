"""The seal of the log: its entries in their order, the trees over them, what was signed.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from datetime import datetime
from typing import Final, Self
from uuid import UUID

from django.db import models

from carestation.audit.choices import Wrong
from carestation.facilities.models.staff import Staff
from carestation.factlog.checkpoints import Signed, read_note
from carestation.kernel.ids import uuid7
from carestation.vault.sealing import Place

WHOLE: Final = UUID(int=0)  # the tree over the whole log; a facility's has the facility's id
SEALED_AT_ONCE: Final = 2_000  # entries, at the most


class EntryQuerySet(models.QuerySet["Entry"]):
    """Filters."""

    def of_facility(self, facility_id: UUID) -> Self:
        """A facility's part."""
        return self.filter(facility_id=facility_id)

    def numbered(self, first: int, last: int) -> Self:
        """Those from one number to another, in their order."""
        return self.filter(number__range=(first, last)).order_by("number")

    def there(self) -> Self:
        """Those whose fact is still there: its term is not over."""
        return self.filter(at__isnull=False)

    def own_of_staff(self, facility_id: UUID) -> Self:
        """What people did with their accounts while they worked in a facility."""
        staff = Staff.objects.of_facility(facility_id).filter(
            models.Q(ended_at=None) | models.Q(ended_at__gte=models.OuterRef("at")),
            user_id=models.OuterRef("actor_id"),
            began_at__lte=models.OuterRef("at"),
        )
        own = self.filter(facility_id=None, kind__startswith="accounts.")
        return own.filter(models.Exists(staff))

    def within(self, since: datetime | None, until: datetime | None) -> Self:
        """Those of a period that are still there; either end may be open."""
        rows = self.there() if since is None else self.filter(at__gte=since)
        return rows if until is None else rows.filter(at__lt=until)

    def behind(self, number: int | None) -> Self:
        """Those that come after one, the newest first."""
        last = None if number is None else Entry.objects.there().filter(number=number).first()
        if last is None:
            return self
        return self.filter(at__lte=last.at).exclude(at=last.at, number__gte=last.number)


class Entry(models.Model):
    """A fact as it was sealed: its leaf hash at its number from 0, and by what it is found.

    `actor_id`: who did it; where nobody signed in did, the person whom it concerns. When the term
    is over, number, part and leaf stay; the time and everything else are empty.
    """

    number = models.BigIntegerField(primary_key=True)
    fact_id = models.BigIntegerField()
    at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=60)
    facility_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    group_id = models.UUIDField(null=True)
    leaf = models.BinaryField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        """A facility's part is verified by number; people look by time."""

        indexes = [
            models.Index(
                fields=["facility_id", "number"],
                name="audit_part_of_a_facility",
                condition=models.Q(facility_id__isnull=False),
            ),
            models.Index(
                fields=["facility_id", "at"],
                name="audit_entries_of_a_facility",
                condition=models.Q(facility_id__isnull=False),
            ),
            models.Index(
                fields=["actor_id", "at"],
                name="audit_entries_of_a_person",
                condition=models.Q(actor_id__isnull=False),
            ),
            models.Index(
                fields=["group_id", "at"],
                name="audit_entries_of_a_group",
                condition=models.Q(group_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)


class MarkQuerySet(models.QuerySet["Mark"]):
    """Filters."""

    def over(self, first: int, last: int) -> Self:
        """Those of the entries from one number to another."""
        return self.filter(first__gt=first - SEALED_AT_ONCE, first__lte=last).order_by("first")


class Mark(models.Model):
    """Marks that only the vault's key makes, one an entry, of those that were sealed at once.

    `first`: the number of the first; `marks`: one behind the other, each of a number and its leaf.
    """

    first = models.BigIntegerField(primary_key=True)
    marks = models.BinaryField()

    objects = MarkQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the number of the first."""
        return str(self.first)


class TreeQuerySet(models.QuerySet["Tree"]):
    """Filters."""

    def grown(self) -> Self:
        """Those that are not signed as far as they have grown."""
        return self.filter(size__gt=models.F("signed_size"))


class Tree(models.Model):
    """How far a tree has grown, and how far it is signed; the nil id is the whole log's."""

    id = models.UUIDField(primary_key=True)
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")
    signed_size = models.BigIntegerField(db_default=0)

    objects = TreeQuerySet.as_manager()

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)


class Verification(models.Model):
    """What was found when the whole log was last read; `wrong` is empty where all was well.

    `tree_id`, `size`: which checkpoint is not what was signed, or not led to; `facts_hold`: whether
    the facts are as they were sealed all the same, where a checkpoint is wrong.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    facts = models.BigIntegerField()
    checkpoints = models.BigIntegerField()
    wrong = models.CharField(max_length=20, choices=Wrong, blank=True)
    number = models.BigIntegerField(null=True)
    fact_id = models.BigIntegerField(null=True)
    tree_id = models.UUIDField(null=True)
    size = models.BigIntegerField(null=True)
    facts_hold = models.BooleanField(null=True)

    def __str__(self) -> str:
        """Return how it ended."""
        return self.wrong or "intact"


class SigningKey(models.Model):
    """A key that signs checkpoints. `name`: what the log is called for good; the newest signs."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=255)
    private_sealed = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def place(self) -> Place:
        """Where the private key stands."""
        return Place("audit_signingkey", "private", self.pk)


class CheckpointQuerySet(models.QuerySet["Checkpoint"]):
    """Filters."""

    def of_tree(self, tree_id: UUID) -> Self:
        """Those of one tree, as it grew."""
        return self.filter(tree_id=tree_id).order_by("size")


class Checkpoint(models.Model):
    """What was signed of a tree: kept for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    tree_id = models.UUIDField()
    size = models.BigIntegerField()
    at = models.DateTimeField()
    note = models.TextField()

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        """A tree is signed once at a size."""

        constraints = [
            models.UniqueConstraint(
                fields=["tree_id", "size"], name="audit_tree_is_signed_once_at_a_size"
            )
        ]

    def __str__(self) -> str:
        """Return tree and size."""
        return f"{self.tree_id} {self.size}"

    @property
    def signed(self) -> Signed:
        """What the note says.

        Raises:
            NotACheckpointError: someone wrote something else there.
        """
        return read_note(self.note)
