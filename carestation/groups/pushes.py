"""What open pages are told when a membership begins or ends, or a group is closed.

Live reads the seats again before it shows anything more: whoever has none is shown no more.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from carestation.groups.choices import Role
from carestation.groups.models.groups import Timeline
from carestation.groups.rules import SIDES_OPEN_TO
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.after_commit import tell_live
from carestation.kernel.pushes import Push
from carestation.vault.scopes import bus_key
from carestation.vault.sealing import seal_push


@acting_as(Work.SEATING)
def push_membership(group_id: UUID, membership_id: UUID, role: Role) -> None:
    """Tell every side that this role sees."""
    for timeline in Timeline.objects.of_group(group_id).filter(side__in=SIDES_OPEN_TO[role]):
        push = Push(
            kind="membership",
            group_id=group_id,
            side=timeline.side,
            seq=timeline.seq,
            object_id=membership_id,
            reseats=True,
        )
        tell_live(seal_push(push, bus_key()))
