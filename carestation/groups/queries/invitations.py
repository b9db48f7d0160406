"""Who is invited into a group, how far that has come, and what an invited is told.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.models import User
from carestation.accounts.queries.links import find_registration
from carestation.accounts.queries.people import read_person
from carestation.accounts.queries.sessions import token_key
from carestation.facilities.choices import Right
from carestation.facilities.models.staff import Staff
from carestation.facilities.queries.staff import places_of
from carestation.facilities.rules import Desk
from carestation.groups.choices import InvitationState, Kind, Relation, Role
from carestation.groups.models.invitations import Invitation, InvitationQuerySet
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import (
    Course,
    Seat,
    folded_code,
    invitation_state,
    may_approve,
    may_resend,
)
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

LONGEST_LIST: Final = 200
WITH_INVITER: Final = ("inviter__user", "inviter__staff__facility", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """An invitation that waits, ready to show. `email`: only for who invited and who approves."""

    id: UUID
    name: str
    email: str
    by_code: bool
    kind: Kind
    role: Role
    relation: Relation | None
    state: InvitationState
    inviter: str
    created_at: datetime
    expires_at: datetime
    is_own: bool = False
    may_approve: bool = False
    may_agree: bool = False

    @property
    def may_decide(self) -> bool:
        """Whether it waits for the reader."""
        return self.may_approve or self.may_agree


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPlace:
    """A place in a facility through which someone can sit."""

    staff_id: UUID
    facility: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInvitation:
    """What an invited is told: who asks them, as what, into what kind of group; no patient.

    `person_id`: who has the address to which it went. `places`: through which they could sit.
    """

    id: UUID
    group_id: UUID
    name: str
    email: str
    inviter: str
    facility: str
    kind: Kind
    role: Role
    relation: Relation | None
    expires_at: datetime
    person_id: UUID | None = None
    places: tuple[WorkPlace, ...] = ()

    @property
    def is_for_family(self) -> bool:
        """Whether someone of the family is invited; others need a place in a facility."""
        return self.role is Role.FAMILY


def waiting_in(seat: Seat) -> list[InvitationRow]:
    """Return who is invited into the seat's group and has not come: every member sees them."""
    rows = list(_waiting(Invitation.objects.of_group(seat.group_id)))
    known, agrees = _accounts_of(rows), is_patient(seat)
    return [_row_at_seat(seat, row, known, agrees=agrees) for row in rows]


@acting_as(Work.DESK)
def waiting_at(desk: Desk) -> list[InvitationRow]:
    """Return what people of the desk's facility invite and no manager has approved of yet."""
    own = Invitation.objects.filter(inviter__staff__facility_id=desk.facility_id)
    rows = [_row(desk.actor, row, has_account=True) for row in _waiting(own)]
    return [row for row in rows if row.state is InvitationState.AWAITING_MANAGER]


@acting_as(Work.DESK)
def deciding_at_desks(actor: Actor) -> dict[UUID, int]:
    """Return how many invitations by a facility's people wait for its desk, where the actor may."""
    own = Staff.objects.standing().of_person(actor.user_id).with_right(Right.APPROVE_INVITATIONS)
    waiting = Invitation.objects.waiting().filter(
        inviter__staff__facility_id__in=own.values("facility_id"),
        needs_manager=True,
        approved_at=None,
        expires_at__gt=timezone.now(),
    )
    by_facility = waiting.order_by("inviter__staff__facility_id")
    counted = by_facility.values_list("inviter__staff__facility_id").annotate(Count("id"))
    return dict(counted[:LONGEST_LIST])


def invitations_to(actor: Actor) -> list[OpenInvitation]:
    """Return the invitations by which the actor can join now: those to their own address."""
    own = User.objects.filter(pk=actor.user_id, ended_at=None).values("email_index")
    # Who is invited sees the invitation itself, and of the group only what is told here.
    with acting_as(Work.JOINING):
        rows = Invitation.objects.open(timezone.now()).filter(email_index__in=own)
        found = list(rows.select_related(*WITH_INVITER).order_by("id")[:LONGEST_LIST])
    return [_opened(row, actor, person_id=actor.user_id) for row in found]


def waits_for(invitation_id: UUID) -> set[UUID]:
    """Return who has to approve of an invitation now: managers, or the patient; else nobody."""
    row = Invitation.objects.select_related("inviter__staff").get(pk=invitation_id)
    state = invitation_state(course_of(row, has_account=True), timezone.now())
    sitting = Membership.objects.active().of_group(row.group_id)
    if state is InvitationState.AWAITING_PATIENT:
        patients = sitting.filter(relation=Relation.PATIENT)
        return set(patients.values_list("user_id", flat=True))
    if state is not InvitationState.AWAITING_MANAGER or row.inviter.staff is None:
        return set()
    working = Staff.objects.standing().of_facility(row.inviter.staff.facility_id)
    desks = working.with_right(Right.APPROVE_INVITATIONS)
    managers = sitting.filter(role=Role.MANAGER)
    return {*managers.values_list("user_id", flat=True), *desks.values_list("user_id", flat=True)}


@acting_as(Work.JOINING)
def find_by_token(token: str) -> OpenInvitation:
    """Return the invitation that a link opens now; to look at it uses nothing up.

    Raises:
        NotVisible: no such link, or it was used, replaced, taken back, or is past its time.
    """
    found = find_registration(token, RegistrationPurpose.JOIN_GROUP)
    row = _one_open(Invitation.objects.one(found.subject_id))
    return _opened(row, None, person_id=found.person_id, email=found.email)


@acting_as(Work.JOINING)
def find_by_code(code: str, person_id: UUID | None) -> OpenInvitation:
    """Return the invitation that a code opens now, for who has signed in, or for nobody yet.

    To look at it uses nothing up.

    Raises:
        NotVisible: no such code, or it was used, replaced, taken back, or is past its time.
    """
    row = _one_open(Invitation.objects.filter(code_key=token_key(folded_code(code))))
    return _opened(row, None, person_id=person_id)


def find_invitation(seat: Seat, invitation_id: UUID) -> Invitation:
    """Return an invitation into the seat's group.

    Raises:
        NotVisible: there is none with this id.
    """
    return _found(Invitation.objects.of_group(seat.group_id), invitation_id)


def find_invitation_at(desk: Desk, invitation_id: UUID) -> Invitation:
    """Return an invitation by someone of the desk's facility.

    Raises:
        NotVisible: there is none with this id.
    """
    own = Invitation.objects.filter(inviter__staff__facility_id=desk.facility_id)
    return _found(own, invitation_id)


def is_patient(seat: Seat) -> bool:
    """Whether it is the patient who sits there."""
    own = Membership.objects.active().of_group(seat.group_id).filter(pk=seat.membership_id)
    return own.filter(role=Role.FAMILY, relation=Relation.PATIENT).exists()


def course_of(row: Invitation, *, has_account: bool) -> Course:
    """Return how far an invitation has come."""
    return Course(
        needs_manager=row.needs_manager,
        needs_patient=row.needs_patient,
        approved=row.approved_at is not None,
        agreed=row.agreed_at is not None,
        has_account=has_account,
        joined=row.joined_at is not None,
        ended=row.ended_at is not None,
        expires_at=row.expires_at,
    )


def read_invited_email(row: Invitation, actor: Actor | None) -> str:
    """Return the address of an invitation, unsealed; nothing, where it went by a code."""
    if row.email_sealed is None:
        return ""
    bundle = open_scope(row.group_id, actor)
    return bundle.unseal(row.email_sealed, invited_email_place(row.pk))


def invited_email_place(invitation_id: UUID) -> Place:
    """Return where the address of an invitation is sealed."""
    return Place("groups_invitation", "email", invitation_id)


def invited_name_place(invitation_id: UUID) -> Place:
    """Return where the name of an invitation is sealed."""
    return Place("groups_invitation", "name", invitation_id)


def _waiting(rows: InvitationQuerySet) -> InvitationQuerySet:
    return rows.waiting().select_related(*WITH_INVITER).order_by("-id")[:LONGEST_LIST]


def _accounts_of(rows: Iterable[Invitation]) -> set[bytes]:
    indexes = [row.email_index for row in rows if row.email_index is not None]
    people = User.objects.filter(email_index__in=indexes, ended_at=None)
    return {bytes(one) for one in people.values_list("email_index", flat=True)}


def _row_at_seat(seat: Seat, row: Invitation, known: set[bytes], *, agrees: bool) -> InvitationRow:
    has_account = row.email_index is None or bytes(row.email_index) in known
    shown = _row(seat.actor, row, has_account=has_account)
    is_own = may_resend(seat, row.inviter_id)
    waits = shown.state is InvitationState.AWAITING_MANAGER
    return replace(
        shown,
        email=shown.email if is_own or may_approve(seat) else "",
        is_own=is_own,
        may_approve=waits and may_approve(seat),
        may_agree=agrees and shown.state is InvitationState.AWAITING_PATIENT,
    )


def _row(actor: Actor, row: Invitation, *, has_account: bool) -> InvitationRow:
    return InvitationRow(
        id=row.pk,
        name=_read_invited_name(row, actor),
        email="" if row.is_to_contact else read_invited_email(row, actor),
        by_code=row.code_key is not None,
        kind=Kind(row.group.kind),
        role=Role(row.role),
        relation=Relation(row.relation) if row.relation else None,
        state=invitation_state(course_of(row, has_account=has_account), timezone.now()),
        inviter=read_person(row.inviter.user, actor).name,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def _one_open(rows: InvitationQuerySet) -> Invitation:
    row = rows.open(timezone.now()).select_related(*WITH_INVITER).first()
    if row is None:
        raise NotVisible("link")
    return row


def _opened(
    row: Invitation, actor: Actor | None, *, person_id: UUID | None, email: str = ""
) -> OpenInvitation:
    is_professional = row.role != Role.FAMILY and person_id is not None
    places = places_of(person_id) if is_professional and person_id else []
    staff = row.inviter.staff
    return OpenInvitation(
        id=row.pk,
        group_id=row.group_id,
        name=_read_invited_name(row, actor),
        email=email,
        inviter=read_person(row.inviter.user, actor).name,
        facility=staff.facility.name if staff else "",
        kind=Kind(row.group.kind),
        role=Role(row.role),
        relation=Relation(row.relation) if row.relation else None,
        expires_at=row.expires_at,
        person_id=person_id,
        places=tuple(WorkPlace(staff_id=one.pk, facility=one.facility.name) for one in places),
    )


def _found(rows: InvitationQuerySet, invitation_id: UUID) -> Invitation:
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotVisible
    return invitation


def _read_invited_name(row: Invitation, actor: Actor | None) -> str:
    return open_scope(row.group_id, actor).unseal(row.name_sealed, invited_name_place(row.pk))
