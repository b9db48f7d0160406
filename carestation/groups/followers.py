"""What follows from facts of groups: letters to those for whom an invitation waits.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Letter
from carestation.factlog.commands import follower
from carestation.groups.facts import InvitationApproved, MemberInvited
from carestation.groups.queries.invitations import waits_for


@follower(MemberInvited)
def tell_who_decides(facts: Sequence[MemberInvited]) -> None:
    """Tell those who have to approve of an invitation first, if anyone has to."""
    _write(fact.invitation_id for fact in facts)


@follower(InvitationApproved)
def tell_the_patient(facts: Sequence[InvitationApproved]) -> None:
    """Tell the patient, where they take part, that an invitation waits for them now."""
    _write(fact.invitation_id for fact in facts)


def _write(invitation_ids: Iterable[UUID]) -> None:
    for invitation_id in invitation_ids:
        for user_id in waits_for(invitation_id):
            job = jobs.configure_task(Job.MAIL_LETTER)
            job.defer(user_id=str(user_id), letter=Letter.INVITATION_WAITS.value)
