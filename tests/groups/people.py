"""Who invites and who is invited, for the tests of this folder."""

from uuid import UUID

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.commands.registrations import (
    PersonDraft,
    RegistrationLink,
    make_registration_link,
)
from carestation.accounts.models import Registration, User
from carestation.facilities.choices import FacilityKind, Profession, StaffRole
from carestation.facilities.commands.places import open_facility
from carestation.facilities.commands.staff import begin_staff
from carestation.groups.choices import Relation, Role, Side
from carestation.groups.commands.invitations import Invited, Sent
from carestation.groups.commands.memberships import begin_membership
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Newcomer
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.patients.choices import ConsentScope
from carestation.patients.commands.consents import record_consent
from carestation.patients.commands.invitations import invite_member
from carestation.patients.models import Consent
from tests.patients.test_consents import a_consent
from tests.world import World, a_person

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
DAUGHTER = "miki@example.org"
DRAFT = PersonDraft(name="佐伯 美紀", kana="さえき みき", password="tsuki-to-hoshi-no-yoru")


def agreed(world: World, scope: ConsentScope = ConsentScope.TEAM_AND_FAMILY) -> Consent:
    """Let the patient have agreed to share."""
    return record_consent(world.seat("kato", PRO), a_consent(scope))


def family(email: str = DAUGHTER, relation: Relation = Relation.FAMILY) -> Invited:
    return Invited(name="佐伯 美紀", role=Role.FAMILY, relation=relation, email=email)


def professional(email: str = "ito@tsukimizaka.example") -> Invited:
    return Invited(name="伊藤 実", role=Role.PROFESSIONAL, email=email)


def invite(world: World, who: str, invited: Invited) -> Sent:
    return invite_member(world.seat(who, PRO), invited)


def token_of(invitation: Invitation) -> str:
    """Return the token of the newest mail of an invitation."""
    link = link_of(invitation)
    assert link is not None
    return link.token


def link_of(invitation: Invitation) -> RegistrationLink | None:
    """Make the link of the newest mail; none: it is open no more, or was asked for too often."""
    about = Registration.objects.unused().about(RegistrationPurpose.JOIN_GROUP, invitation.pk)
    newest = about.order_by("-id").first()
    return make_registration_link(newest.pk, request_id=uuid7()) if newest else None


def acting(user: User | UUID) -> Actor:
    return Actor(user_id=user if isinstance(user, UUID) else user.pk, request_id=uuid7())


def the_patient(world: World) -> Membership:
    """Let the patient take part by themself, as Oka."""
    world.people["oka"] = a_person("oka")
    own = Newcomer(user_id=world.people["oka"].pk, role=Role.FAMILY, relation=Relation.PATIENT)
    return begin_membership(world.seat("kato", PRO), own)


def a_neighbour(world: World, name: str = "abe") -> Actor:
    """Let someone work in a pharmacy across the road."""
    world.people[name] = a_person(name)
    pharmacy = open_facility(
        acting(world.people[name]),
        name="すずかけ通り薬局",
        kana="すずかけどおりやっきょく",
        kind=FacilityKind.PHARMACY,
    )
    world.staff[name] = begin_staff(
        acting(world.people[name]),
        pharmacy.pk,
        world.people[name].pk,
        profession=Profession.PHARMACIST,
        role=StaffRole.MANAGER,
    )
    return world.actor(name)
