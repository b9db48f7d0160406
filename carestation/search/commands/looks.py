"""Looking for something is a look at patients' data: it leaves its facts.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from collections import Counter
from uuid import UUID

from django.db import transaction

from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.search.facts import HitsShown, SearchMade
from carestation.search.queries.finding import Found


@transaction.atomic
def note_searched(actor: Actor, search_id: UUID, found: Found, group_id: UUID | None) -> None:
    """Put down that a person looked for something, and of which groups they were shown something.

    `group_id`: the one in which they looked; None: all of theirs.
    """
    announce(
        SearchMade(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            group_id=group_id,
            search_id=search_id,
            hits=len(found.hits),
        )
    )
    seats = {hit.seat.group_id: hit.seat for hit in found.hits}
    shown = Counter(hit.seat.group_id for hit in found.hits)
    for one_id in sorted(seats):
        announce(HitsShown(**seats[one_id].marks(), search_id=search_id, hits=shown[one_id]))
