"""What a facility's desk is, and what holds there.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypedDict
from uuid import UUID

from carestation.accounts.rules import Binding, hiragana
from carestation.facilities.choices import (
    Allowed,
    FacilityState,
    InvitationState,
    Letters,
    Right,
    Ruling,
    StaffRole,
    TermsVersion,
    Todo,
)
from carestation.kernel.actor import Actor

# Each quarter someone looks through who works here (ISO/IEC 27001 A.5.18, 8.2).
REVIEW_EVERY: Final = timedelta(days=91)

# The terms as they stand at /terms/.
TERMS_VERSION: Final = TermsVersion.FIRST
INVITATION_LASTS: Final = timedelta(days=7)
RULINGS: Final = {
    FacilityState.WAITING: (Ruling.APPROVE, Ruling.REFUSE),
    FacilityState.REFUSED: (Ruling.APPROVE,),
    FacilityState.APPROVED: (Ruling.FREEZE,),
    FacilityState.FROZEN: (Ruling.UNFREEZE,),
}

# What is done at a desk: who has none of these, has no desk.
DESK_RIGHTS: Final = (
    Right.SEE_STAFF,
    Right.INVITE_STAFF,
    Right.CHANGE_STAFF,
    Right.END_STAFF,
    Right.RESET_FACTORS,
    Right.SIGN_REVIEW,
    Right.CHANGE_RULES,
    Right.CHANGE_ROLES,
    Right.APPROVE_INVITATIONS,
    Right.REVIEW_EMERGENCIES,
    Right.NAME_MANAGERS,
    Right.READ_RECORD,
    Right.TRANSFER_CUSTODY,
    Right.EXPORT,
    Right.EXPORT_OWN,
)
# What every member may do, beside what the rules of the facility leave to members.
MEMBERS_OWN: Final = frozenset({Right.OPEN_GROUPS, Right.SEEK_IN_EMERGENCY})
# What keeps a facility governable: no role but the manager's has it.
MANAGERS_ALONE: Final = frozenset({Right.CHANGE_RULES, Right.CHANGE_ROLES})
MOST_ROLES: Final = 20

# What is done about one of the staff, on the page of that person.
OVER_STAFF: Final = (Right.CHANGE_STAFF, Right.END_STAFF, Right.RESET_FACTORS)
# Who is told what waits: whoever may do something about it.
RIGHT_FOR: Final = {
    Todo.FACTORS: Right.SEE_STAFF,
    Todo.INVITATIONS: Right.INVITE_STAFF,
    Todo.REFUSALS: Right.SEE_STAFF,
    Todo.APPROVALS: Right.APPROVE_INVITATIONS,
    Todo.EMERGENCIES: Right.REVIEW_EMERGENCIES,
    Todo.CUSTODY: Right.TRANSFER_CUSTODY,
    Todo.EXPORT: Right.EXPORT,
    Todo.STORAGE: Right.CHANGE_RULES,
    Todo.READING: Right.CHANGE_RULES,
    Todo.REVIEW: Right.SIGN_REVIEW,
    Todo.SECOND_MANAGER: Right.CHANGE_STAFF,
}
INVITATION_ENDS_SOON: Final = timedelta(days=2)
REFUSALS_LOOKED_BACK: Final = timedelta(days=1)
MANAGERS_ADVISED: Final = 2


class DeskMarks(TypedDict):
    """Who, for which facility, in which request."""

    actor_id: UUID
    facility_id: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The actor's own standing place with rights at the desk: proof that they may sit there.

    Only `facilities.queries.desks.take_desk` makes one, for a right that it is taken for; a command
    that asks for a Desk cannot run without.
    """

    actor: Actor
    facility_id: UUID
    staff_id: UUID
    role: StaffRole
    rights: frozenset[Right]

    def marks(self) -> DeskMarks:
        """Return who, where and in which request: what every fact of this desk says."""
        return DeskMarks(
            actor_id=self.actor.user_id,
            facility_id=self.facility_id,
            request_id=self.actor.request_id,
        )


def may_rule(state: FacilityState, ruling: Ruling) -> bool:
    """Whether the operator can decide this about a facility that stands so."""
    return ruling in RULINGS[state]


def invitation_state(
    *, expires_at: datetime, accepted: bool, cancelled: bool, now: datetime
) -> InvitationState:
    """Return how an invitation stands; at the very end of its term it is over."""
    if accepted:
        return InvitationState.JOINED
    if cancelled:
        return InvitationState.CANCELLED
    return InvitationState.EXPIRED if expires_at <= now else InvitationState.INVITED


def review_is_due(last: datetime | None, now: datetime) -> bool:
    """Whether the list of staff has not been signed for a quarter of a year."""
    return last is None or now - last >= REVIEW_EVERY


def folded(words: str) -> str:
    """Return words as they are searched: one width, hiragana, without spaces."""
    return "".join(hiragana(words).split()).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A facility's 安全の決まり; what stands here holds until it decides otherwise.

    `idle_minutes` 5-60, `absolute_hours` 1-24, `shortest_password` 8-64, `retention_years` 5-30.
    """

    second_factor: bool = True
    idle_minutes: int = 15
    absolute_hours: int = 12
    shortest_password: int = 8
    trusted_devices: bool = False
    may_invite: Allowed = Allowed.EVERYONE
    may_export: Allowed = Allowed.MANAGERS
    family_invitations: bool = True
    retention_years: int = 5
    checkpoint_letters: Letters = Letters.WEEKLY


def rights_of(
    role: StaffRole, rules: Rules, granted: frozenset[Right] | None = None
) -> frozenset[Right]:
    """Return what a role may do where these rules hold; whatever is not said here is refused.

    This is the table: every page and command asks it, and the page of rights shows it. `granted`:
    what a facility gave to a role of its own making.
    """
    if role is StaffRole.MANAGER:
        held = frozenset(Right)
    elif granted is not None:
        held = granted - MANAGERS_ALONE
    else:
        held = MEMBERS_OWN
        if rules.may_invite is Allowed.EVERYONE:
            held |= {Right.INVITE_TO_GROUPS, Right.INVITE_FAMILY}
        if rules.may_export is Allowed.EVERYONE:
            held |= {Right.EXPORT_OWN}
    return held if rules.family_invitations else held - {Right.INVITE_FAMILY}


def completed(rights: frozenset[Right]) -> frozenset[Right]:
    """Return rights with what they cannot be used without: who handles staff, sees the list."""
    needs_list = {*OVER_STAFF, Right.SIGN_REVIEW}
    return rights if rights.isdisjoint(needs_list) else rights | {Right.SEE_STAFF}


def may_give(held: frozenset[Right], role: frozenset[Right], members: frozenset[Right]) -> bool:
    """Nobody gives a right that they do not have, beside what every member has."""
    return role - members <= held


def may_handle(held: frozenset[Right], theirs: frozenset[Right], members: frozenset[Right]) -> bool:
    """Nobody changes, pauses or ends who may do more at the desk than they and every member."""
    return theirs.intersection(DESK_RIGHTS) - members <= held


def strictest(found: Sequence[tuple[str, Rules]], *, has_desk: bool = False) -> Binding:
    """Return what the rules of several facilities, each with its name, ask of one person.

    Who has a desk anywhere always has a second factor, and shows it each time.
    """
    if not found:
        return Binding()
    rules = [one for _, one in found]
    return Binding(
        second_factor=has_desk or any(one.second_factor for one in rules),
        idle_minutes=min(one.idle_minutes for one in rules),
        absolute_hours=min(one.absolute_hours for one in rules),
        shortest_password=max(one.shortest_password for one in rules),
        trusted_devices=not has_desk and all(one.trusted_devices for one in rules),
        facility_words=tuple(sorted({name for name, _ in found})),
    )


def is_stricter(name: str, old: Rules, new: Rules) -> bool:
    """Whether a rule asks more of people than before, or lets them do less."""
    before, after = getattr(old, name), getattr(new, name)
    if name in {"idle_minutes", "absolute_hours"}:
        return bool(after < before)
    if name == "shortest_password":
        return bool(after > before)
    if name == "second_factor":
        return bool(after and not before)
    if name in {"may_invite", "may_export"}:
        return before is Allowed.EVERYONE and after is Allowed.MANAGERS
    return name in {"trusted_devices", "family_invitations"} and bool(before and not after)
