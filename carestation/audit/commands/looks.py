"""That someone read the record: itself an act that the record tells.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from uuid import UUID

from carestation.audit.facts import ReadersViewed, RecordViewed
from carestation.audit.queries.record import Asked
from carestation.facilities.rules import Desk
from carestation.factlog.commands import announce


def note_record_viewed(desk: Desk, asked: Asked) -> None:
    """Announce that someone read the record of their facility."""
    announce(RecordViewed(**desk.marks(), person_id=asked.person_id, about_id=asked.group_id))


def note_readers_viewed(desk: Desk, group_id: UUID) -> None:
    """Announce that someone asked who has seen a patient."""
    announce(ReadersViewed(**desk.marks(), group_id=group_id))
