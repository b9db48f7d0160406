"""A facility's 安全の決まり: which hold, and what others would change.

Controls: ISO/IEC 27017 5.17, 5.18; white paper 「認証情報の管理」, 「利用者アクセスの管理」.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final
from uuid import UUID

from carestation.facilities.choices import Allowed, Letters, PlaceState
from carestation.facilities.models.policies import Policy
from carestation.facilities.queries.staff import Colleague
from carestation.facilities.rules import Rules, is_stricter

NAMES: Final = tuple(field.name for field in fields(Rules))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One rule that would change.

    `affected`: how many people feel it, where it is stricter; `bound`: how many need a second
    factor from then on, though no rule asks for one, because they get a desk.
    """

    name: str
    before: object
    after: object
    is_stricter: bool
    affected: int
    bound: int


def rules_of(facility_id: UUID) -> Rules:
    """Return the rules that hold in a facility."""
    policy = _newest(facility_id)
    return Rules() if policy is None else _read(policy)


def version_of(facility_id: UUID) -> int:
    """Return the number of the rules that hold; 0 where the facility has decided nothing yet."""
    policy = _newest(facility_id)
    return 0 if policy is None else policy.version


def differences(old: Rules, new: Rules, staff: Sequence[Colleague]) -> list[Difference]:
    """Return what would change, and how many of the staff the stricter ones touch."""
    working = [one for one in staff if one.state is not PlaceState.ENDED]
    before, after = asdict(old), asdict(new)
    return [
        Difference(
            name=name,
            before=before[name],
            after=after[name],
            is_stricter=is_stricter(name, old, new),
            affected=_affected(name, working) if is_stricter(name, old, new) else 0,
            bound=_bound(name, new, working),
        )
        for name in NAMES
        if before[name] != after[name]
    ]


def _affected(name: str, working: Sequence[Colleague]) -> int:
    if name == "second_factor":
        return sum(not one.has_factor for one in working)
    if name in {"may_invite", "may_export"}:
        # Whoever was given a right in words keeps it.
        return sum(not one.is_manager and one.custom_role_id is None for one in working)
    return len(working)


def _bound(name: str, new: Rules, working: Sequence[Colleague]) -> int:
    if name != "may_export" or new.may_export is Allowed.MANAGERS or new.second_factor:
        return 0
    members = [one for one in working if not one.is_manager and one.custom_role_id is None]
    return sum(not one.has_factor for one in members)


def _newest(facility_id: UUID) -> Policy | None:
    return Policy.objects.filter(facility_id=facility_id).order_by("-version").first()


def _read(policy: Policy) -> Rules:
    return Rules(
        second_factor=policy.second_factor,
        idle_minutes=policy.idle_minutes,
        absolute_hours=policy.absolute_hours,
        shortest_password=policy.shortest_password,
        trusted_devices=policy.trusted_devices,
        may_invite=Allowed(policy.may_invite),
        may_export=Allowed(policy.may_export),
        family_invitations=policy.family_invitations,
        retention_years=policy.retention_years,
        checkpoint_letters=Letters(policy.checkpoint_letters),
    )
