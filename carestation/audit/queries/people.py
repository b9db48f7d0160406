"""Who is who in the record, as its reader may know them. Unsealing is done here alone.

Controls: ISO/IEC 27017 8.15, 8.24; white paper 「ログ」, 「暗号化」.
"""

from collections.abc import Collection
from uuid import UUID

from carestation.accounts.models import Operator, User
from carestation.accounts.queries.people import read_person
from carestation.facilities.models.staff import Staff
from carestation.kernel.actor import Actor
from carestation.vault.models import OPERATOR


def names_of(people: Collection[UUID], actor: Actor) -> dict[UUID, str]:
    """Return people's names; who is not there any more has none."""
    users = User.objects.in_bulk(list(people))
    return {user_id: read_person(user, actor).name for user_id, user in users.items()}


def names_of_staff(facility_id: UUID, actor: Actor) -> dict[UUID, str]:
    """Return who works in a facility, or did, by name."""
    own = Staff.objects.of_facility(facility_id).order_by("ended_at", "id")
    people = own.values_list("user_id", flat=True)[:1_000]
    return dict(sorted(names_of(set(people), actor).items(), key=lambda one: one[1]))


def operators_among(people: Collection[UUID]) -> frozenset[UUID]:
    """Return which of them work for the provider, or did; what the machine does is theirs too."""
    found = Operator.objects.filter(user_id__in=people).values_list("user_id", flat=True)
    return frozenset({*found, OPERATOR})
