"""Who is connected with whom, and who has offered it to whom.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import PROTECT

from carestation.groups.choices import OfferEnd
from carestation.kernel.ids import uuid7


class ConnectionQuerySet(models.QuerySet["Connection"]):
    """Filters."""

    def standing(self) -> Self:
        """Those that neither of the two has ended."""
        return self.filter(ended_at=None)

    def of(self, lower_id: UUID, higher_id: UUID) -> Self:
        """Those of two people, their ids in order."""
        return self.filter(lower_id=lower_id, higher_id=higher_id)

    def of_person(self, user_id: UUID) -> Self:
        """Those of one person."""
        return self.filter(models.Q(lower_id=user_id) | models.Q(higher_id=user_id))


class Connection(models.Model):
    """Two people who are connected, until one of them ends it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    lower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=PROTECT, related_name="+")
    higher = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        """Each two people once at a time, in the order of their ids."""

        constraints = [
            models.UniqueConstraint(
                fields=["lower", "higher"],
                condition=models.Q(ended_at=None),
                name="groups_two_are_connected_once",
            ),
            models.CheckConstraint(
                condition=models.Q(lower__lt=models.F("higher")),
                name="groups_connection_is_ordered",
            ),
        ]
        indexes = [models.Index(fields=["higher"], name="groups_connection_of_higher")]

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)

    def other_of(self, user_id: UUID) -> UUID:
        """Return the other of the two."""
        return self.higher_id if self.lower_id == user_id else self.lower_id


class ConnectionOfferQuerySet(models.QuerySet["ConnectionOffer"]):
    """Filters."""

    def waiting(self) -> Self:
        """Those that came to no end; past their term too."""
        return self.filter(ended_at=None)

    def open(self, now: datetime) -> Self:
        """Those that can be agreed to."""
        return self.waiting().filter(expires_at__gt=now)

    def hoped(self, now: datetime) -> Self:
        """Those that their asker may still hope for; one that was declined looks as if it waits."""
        unknown = models.Q(ended_at=None) | models.Q(outcome=OfferEnd.DECLINED)
        return self.filter(unknown, expires_at__gt=now)

    def by(self, user_id: UUID) -> Self:
        """Those of one who offers."""
        return self.filter(asker_id=user_id)


class ConnectionOffer(models.Model):
    """A connection that someone offers: to a person whom they know, or to whoever has an address.

    Whether there is an account at the address, nothing here says: it is compared when the one who
    has it looks. The address is sealed under the asker's scope.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=PROTECT, related_name="+"
    )
    email_index = models.BinaryField(max_length=32, null=True)
    email_sealed = models.BinaryField(null=True)
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=OfferEnd, blank=True, default="")

    objects = ConnectionOfferQuerySet.as_manager()

    class Meta:
        """One waiting from each to each, to a person or an address; an end has its outcome."""

        constraints = [
            models.UniqueConstraint(
                fields=["asker", "person"],
                condition=models.Q(ended_at=None),
                name="groups_person_is_asked_once",
            ),
            models.UniqueConstraint(
                fields=["asker", "email_index"],
                condition=models.Q(ended_at=None),
                name="groups_address_is_asked_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    person=None, email_index__isnull=False, email_sealed__isnull=False
                )
                | models.Q(person__isnull=False, email_index=None, email_sealed=None),
                name="groups_offered_to_person_or_address",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(outcome="")),
                name="groups_offer_end_has_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["email_index"], name="groups_offer_to_address"),
            models.Index(fields=["person"], name="groups_offer_to_person"),
        ]

    def __str__(self) -> str:
        """Return the outcome; nothing while it waits."""
        return self.outcome
