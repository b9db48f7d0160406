"""What the hot statement of facilities says, said in the ORM."""

from carestation.accounts.queries.people import read_own
from carestation.facilities.choices import FacilityState, Right
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.rights import Workplaces, rights_at
from carestation.facilities.rules import DESK_RIGHTS
from carestation.kernel.actor import Actor


def workplaces_twin(actor: Actor) -> Workplaces:
    """Return what `workplaces_of` finds."""
    kept = Staff.objects.kept().of_person(actor.user_id).select_related("facility")
    places = [(one.facility, rights_at(one)) for one in kept.order_by("began_at")]
    taking_part = [one for one in places if one[0].state is FacilityState.APPROVED]
    return Workplaces(
        name=read_own(actor).name,
        facilities=tuple(place.name for place, _ in taking_part),
        rights=frozenset[Right]().union(*(held for _, held in taking_part)),
        has_desk=any(not held.isdisjoint(DESK_RIGHTS) for _, held in places),
        frozen=tuple(place.name for place, _ in places if place.frozen_at is not None),
    )
