"""What waits for one's answer in groups: invitations into them, and connections that are offered.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from carestation.groups.choices import Role
from carestation.groups.rules import Seat, may_approve
from carestation.kernel.actor import Actor
from carestation.kernel.sql import row_of

# Hot (benchmarks/pages.py): home asks all of it of everyone. Its twin: tests/groups/twins.py.
# An invitation waits for the manager first, then for the patient, who is one of the family.
ANSWERS: Final = """
SELECT EXISTS (
    SELECT FROM groups_invitation i
    WHERE i.email_index = u.email_index AND i.joined_at IS NULL AND i.ended_at IS NULL
  ) AS is_invited,
  (SELECT count(*) FROM groups_connectionoffer o
    WHERE (o.person_id = u.id OR o.email_index = u.email_index) AND o.asker_id <> u.id
      AND o.ended_at IS NULL AND o.expires_at > %(now)s AND NOT EXISTS (
        SELECT FROM groups_connection c WHERE c.lower_id = least(o.asker_id, u.id)
          AND c.higher_id = greatest(o.asker_id, u.id) AND c.ended_at IS NULL)
  ) AS offers,
  ARRAY (SELECT i.group_id FROM groups_invitation i
    WHERE i.group_id = ANY (%(managed)s::uuid[] || %(family)s::uuid[])
      AND i.joined_at IS NULL AND i.ended_at IS NULL AND i.expires_at > %(now)s
      AND CASE WHEN i.needs_manager AND i.approved_at IS NULL THEN
          i.group_id = ANY (%(managed)s::uuid[])
        ELSE i.needs_patient AND i.agreed_at IS NULL AND EXISTS (
          SELECT FROM groups_membership m WHERE m.group_id = i.group_id AND m.user_id = u.id
            AND m.left_at IS NULL AND m.relation = 'patient') END
    LIMIT 2000
  ) AS decides
FROM accounts_user u WHERE u.id = %(user_id)s AND u.ended_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What waits for someone's answer.

    `is_invited`: whether an invitation to their address waits; `offers`: how many connections are
    offered to them; `decides`: how many invitations they are to approve of, by group.
    """

    is_invited: bool
    offers: int
    decides: Mapping[UUID, int]


def answers_due(actor: Actor, seats: Collection[Seat]) -> Answers:
    """Return what waits for the actor's answer; `seats`: all of theirs."""
    open_ones = [seat for seat in seats if not seat.is_archived]
    asked = {
        "user_id": actor.user_id,
        "now": timezone.now(),
        "managed": list({seat.group_id for seat in open_ones if may_approve(seat)}),
        "family": list({seat.group_id for seat in open_ones if seat.role is Role.FAMILY}),
    }
    row = row_of(ANSWERS, asked)
    if row is None:
        return Answers(is_invited=False, offers=0, decides=Counter())
    return Answers(
        is_invited=row["is_invited"], offers=row["offers"], decides=Counter(row["decides"])
    )
