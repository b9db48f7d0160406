"""What the rules of a person's facilities ask of them.

Controls: ISO/IEC 27017 5.17, 8.2; white paper 「認証情報の管理」, 「利用者アクセスの管理」.
"""

from uuid import UUID

from carestation.accounts.rules import Binding
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.policies import rules_of
from carestation.facilities.queries.rights import rights_at
from carestation.facilities.rules import DESK_RIGHTS, strictest


def binding_by_rules(user_id: UUID) -> Binding:
    """Return what the rules of all facilities where a person has a standing place ask of them."""
    places = list(Staff.objects.standing().of_person(user_id).select_related("facility")[:50])
    has_desk = any(not rights_at(one).isdisjoint(DESK_RIGHTS) for one in places)
    found = [(one.facility.name, rules_of(one.facility_id)) for one in places]
    return strictest(found, has_desk=has_desk)
