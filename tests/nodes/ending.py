"""A manager ends someone's membership, as the page does: `python -m tests.nodes.ending`."""

import sys
from uuid import UUID

from carestation.kernel import after_commit
from carestation.kernel.acting import Work, work_as
from config.setting_up import set_up


def main(group_id: UUID, side: str, token: str) -> None:
    set_up()
    work_as(Work.CONTENT)
    from carestation.accounts.models import Session  # noqa: PLC0415 - needs the apps
    from carestation.accounts.queries.sessions import token_key  # noqa: PLC0415 - as above
    from carestation.groups.choices import Role, Side  # noqa: PLC0415 - as above
    from carestation.groups.commands.memberships import end_membership  # noqa: PLC0415 - as above
    from carestation.groups.models.memberships import Membership  # noqa: PLC0415 - as above
    from carestation.groups.pushes import push_membership  # noqa: PLC0415 - as above
    from carestation.groups.queries.seats import take_seat  # noqa: PLC0415 - as above
    from carestation.kernel.actor import Actor  # noqa: PLC0415 - as above
    from carestation.kernel.ids import uuid7  # noqa: PLC0415 - as above

    of_group = Membership.objects.filter(group_id=group_id, left_at=None)
    manager = of_group.filter(role=Role.MANAGER).get()
    person_id = Session.objects.get(key=token_key(token)).user_id
    seat = take_seat(Actor(user_id=manager.user_id, request_id=uuid7()), group_id, Side(side))
    ended = end_membership(seat, of_group.get(user_id=person_id).pk)
    push_membership(ended.group_id, ended.pk, Role(ended.role))
    after_commit.part()


if __name__ == "__main__":
    main(UUID(sys.argv[1]), sys.argv[2], sys.argv[3])
