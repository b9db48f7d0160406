"""The timetable of groups.

Controls: ISO/IEC 27017 5.18; white paper 「利用者アクセスの管理」.
"""

from procrastinate.contrib.django import app

from carestation.groups.choices import Role
from carestation.groups.commands.expiring import end_expired_memberships
from carestation.groups.pushes import push_membership


@app.periodic(cron="* * * * *")
@app.task(name="groups.end_expired")
def end_expired(timestamp: int) -> None:  # noqa: ARG001 - the timetable's own
    """End what has expired, once a minute, and tell open pages who is no member any more."""
    for one in end_expired_memberships():
        push_membership(one.group_id, one.pk, Role(one.role))
