"""By which words the people of a side are found while a post is written.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from uuid import UUID

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_person
from carestation.facilities.rules import folded
from carestation.groups.queries.seats import Member
from carestation.kernel.actor import Actor

# No word runs across what stands between two names.
_BETWEEN = "|"


def found_by(actor: Actor, members: Sequence[Member]) -> dict[UUID, str]:
    """Return, of those who sit with the actor, name, reading, calling and facility, folded."""
    users = User.objects.in_bulk([one.user_id for one in members])
    return {
        one.user_id: _BETWEEN.join(
            folded(words)
            for words in (
                one.name,
                read_person(users[one.user_id], actor).kana,
                one.calling,
                one.facility,
            )
        )
        for one in members
    }
