"""What follows from facts of groups: letters to whom an invitation or an offer waits for.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from carestation.accounts.choices import Job, Letter
from carestation.factlog.commands import follower
from carestation.groups.facts import ConnectionOffered, InvitationApproved, MemberInvited
from carestation.groups.queries.connections import who_is_asked
from carestation.groups.queries.invitations import waits_for


@follower(MemberInvited)
def tell_who_decides(facts: Sequence[MemberInvited]) -> None:
    """Tell those who have to approve of an invitation first, if anyone has to."""
    _write(fact.invitation_id for fact in facts)


@follower(InvitationApproved)
def tell_the_patient(facts: Sequence[InvitationApproved]) -> None:
    """Tell the patient, where they take part, that an invitation waits for them now."""
    _write(fact.invitation_id for fact in facts)


@follower(ConnectionOffered)
def tell_who_is_asked(facts: Sequence[ConnectionOffered]) -> None:
    """Tell who is offered a connection; nobody, where no one has the address."""
    for fact in facts:
        user_id = who_is_asked(fact.offer_id)
        if user_id is not None:
            _write_to(user_id, Letter.CONNECTION_OFFERED)


def _write(invitation_ids: Iterable[UUID]) -> None:
    for invitation_id in invitation_ids:
        for user_id in waits_for(invitation_id):
            _write_to(user_id, Letter.INVITATION_WAITS)


def _write_to(user_id: UUID, letter: Letter) -> None:
    jobs.configure_task(Job.MAIL_LETTER).defer(user_id=str(user_id), letter=letter.value)
