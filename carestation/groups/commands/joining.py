"""An invited joins: as someone new, or with the account that they have.

A link proves the address to which it went; a code is taken by whoever holds it and has signed in;
an account's own address finds its invitations without either. Each joins once.

Controls: ISO/IEC 27017 5.16, 5.18; white paper 「利用者アクセスの管理」.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.choices import Purpose
from carestation.accounts.commands.brakes import brake_network
from carestation.accounts.commands.registrations import (
    PersonDraft,
    begin_registration,
    claim_registration,
    end_registrations,
    match_claimed,
    register_claimed,
)
from carestation.accounts.models import User
from carestation.accounts.queries.links import find_registration
from carestation.accounts.queries.sessions import token_key
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.staff import places_of
from carestation.factlog.commands import announce
from carestation.groups.choices import InvitationEnd, Relation, Role
from carestation.groups.commands.invitations import JOIN, PAGE, end_invitation_for
from carestation.groups.commands.memberships import begin
from carestation.groups.commands.timelines import lock_timelines
from carestation.groups.facts import InvitationAccepted
from carestation.groups.models.invitations import Invitation, InvitationQuerySet
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Newcomer, folded_code
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError, NotVisible, require

A_DAY: Final = timedelta(hours=24)


@transaction.atomic
@acting_as(Work.JOINING)
def join_as_new(token: str, draft: PersonDraft, *, request_id: UUID) -> Membership:
    """Agree to an invitation as someone of the family without an account: both come together.

    Raises:
        NotVisible: no such link, or it was used, replaced, taken back, or is past its time.
        Refused: professionals come through a place in a facility (reason `needs_place`).
        Conflict: there is an account under this address (reason `known`).
        WeakPassword: the password is not taken; the link stays open.
    """
    invitation = _locked(Invitation.objects.one(find_registration(token, JOIN).subject_id))
    claimed = claim_registration(token, JOIN)
    require(allowed=invitation.role == Role.FAMILY, reason="needs_place")
    user = register_claimed(claimed, draft, is_professional=False, request_id=request_id)
    return _join(Actor(user_id=user.pk, request_id=request_id), invitation, None)


@transaction.atomic
@acting_as(Work.JOINING)
def join_as_known(actor: Actor, token: str, staff_id: UUID | None) -> Membership:
    """Agree to an invitation by its link, as someone who has an account and has signed in.

    Raises:
        NotVisible: no such link, or it was used, replaced, taken back, or is past its time.
        Refused: it came to another address (reason `other_address`).
        Conflict: they sit there already (reason `sits_already`).
        DomainError: a professional has no place in a facility (reason `no_place_of_work`).
    """
    invitation = _locked(Invitation.objects.one(find_registration(token, JOIN).subject_id))
    match_claimed(actor, claim_registration(token, JOIN), is_professional=False)
    return _join(actor, invitation, staff_id)


@transaction.atomic
@acting_as(Work.JOINING)
def join_by_code(actor: Actor, code: str, staff_id: UUID | None) -> Membership:
    """Agree to an invitation by its code, as someone who has an account and has signed in.

    Raises:
        NotVisible: no such code, or it was used, replaced, taken back, or is past its time.
        Conflict: they sit there already (reason `sits_already`).
        DomainError: a professional has no place in a facility (reason `no_place_of_work`).
    """
    return _join(actor, _locked(_with_code(code)), staff_id)


@transaction.atomic
@acting_as(Work.JOINING)
def join_invited(actor: Actor, invitation_id: UUID, staff_id: UUID | None) -> Membership:
    """Agree to an invitation that came to one's own address, without its link.

    Raises:
        NotVisible: there is none to this address that is open.
        Conflict: they sit there already (reason `sits_already`).
        DomainError: a professional has no place in a facility (reason `no_place_of_work`).
    """
    return _join(actor, _locked(_to(actor, invitation_id)), staff_id)


@transaction.atomic
@acting_as(Work.JOINING)
def decline_invitation(actor: Actor, invitation_id: UUID) -> None:
    """Say no to an invitation that came to one's own address.

    Raises:
        NotVisible: there is none to this address that is open.
    """
    invitation = _locked(_to(actor, invitation_id))
    end_invitation_for(actor, None, invitation, InvitationEnd.DECLINED)


def ask_by_code(code: str, email: str, *, address: str, request_id: UUID) -> None:
    """Let a link be mailed to who holds a code and has no account; alike for every address.

    `address`: the network address that asks.

    Raises:
        NotVisible: no such code, or it was used, replaced, taken back, or is past its time.
        TooMany: too many from this network of late.
    """
    brake_network(Purpose.REGISTRATION_NETWORK, address)
    with acting_as(Work.JOINING):
        invitation = _locked(_with_code(code))
        begin_registration(
            None,
            email,
            JOIN,
            subject_id=invitation.pk,
            page=PAGE,
            request_id=request_id,
            lasts=min(A_DAY, invitation.expires_at - timezone.now()),
        )


def _join(actor: Actor, invitation: Invitation, staff_id: UUID | None) -> Membership:
    is_family = invitation.role == Role.FAMILY
    place = None if is_family else _place_of(actor, staff_id)
    newcomer = Newcomer(
        user_id=actor.user_id,
        role=Role(invitation.role),
        staff_id=place.pk if place else None,
        relation=Relation(invitation.relation) if is_family else None,
    )
    facility_id = place.facility_id if place else None
    membership = begin(actor, invitation.group_id, newcomer, facility_id)
    end_registrations(actor, JOIN, invitation.pk)
    invitation.joined_at, invitation.membership = timezone.now(), membership
    invitation.save(update_fields=["joined_at", "membership"])
    announce(
        InvitationAccepted(
            actor_id=actor.user_id,
            facility_id=facility_id,
            request_id=actor.request_id,
            group_id=invitation.group_id,
            invitation_id=invitation.pk,
            membership_id=membership.pk,
        )
    )
    return membership


def _place_of(actor: Actor, staff_id: UUID | None) -> Staff:
    places = places_of(actor.user_id)
    own = [one for one in places if staff_id in {None, one.pk}]
    if not own:
        raise DomainError("no_place_of_work")
    return own[0]


def _with_code(code: str) -> InvitationQuerySet:
    return Invitation.objects.filter(code_key=token_key(folded_code(code)))


def _to(actor: Actor, invitation_id: UUID) -> InvitationQuerySet:
    own = User.objects.filter(pk=actor.user_id, ended_at=None).values("email_index")
    return Invitation.objects.one(invitation_id).filter(email_index__in=own)


def _locked(rows: InvitationQuerySet) -> Invitation:
    """Lock the group, then read the invitation: of many at once the others find it used."""
    group_id = rows.values_list("group_id", flat=True).first()
    if group_id is None:
        raise NotVisible("link")
    lock_timelines(group_id, Role.MANAGER)
    invitation = rows.open(timezone.now()).first()
    if invitation is None:
        raise NotVisible("link")
    return invitation
