"""Making all groups of a load test, and telling them to the machine that will use them."""

from django.utils import timezone

from config.loading.cast import Caster, LoadGroup
from config.loading.history import write_history


def made_groups(*, groups: int, members: int, history: int) -> list[dict[str, object]]:
    """Make so many groups with so many members and posts each; return them as the contract says."""
    caster = Caster()
    return [_told(_made(caster, members, history)) for _ in range(groups)]


def _made(caster: Caster, members: int, history: int) -> LoadGroup:
    group = caster.group(members)
    write_history([one.seat for one in group.members], history, now=timezone.now())
    return group


def _told(group: LoadGroup) -> dict[str, object]:
    members = [{"person": str(one.person_id), "token": one.token} for one in group.members]
    return {"id": str(group.group_id), "side": group.side.value, "members": members}
