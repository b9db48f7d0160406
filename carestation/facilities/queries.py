"""Reading of facilities.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from carestation.facilities.choices import Profession
from carestation.facilities.models import Staff


def short_profession(profession: str) -> str:
    """Return how a tag says it: the everyday word in the brackets, if there is one."""
    label = Profession(profession).label
    return label.split("（")[1].rstrip("）") if "（" in label else label


def places_of(user_id: UUID) -> list[Staff]:
    """Return where a person works now, oldest place first."""
    own = Staff.objects.active().of_person(user_id).select_related("facility")
    return list(own.order_by("began_at")[:50])
