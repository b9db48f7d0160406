"""Who asks, and the groups in which they sit."""

from carestation.api.queries import read_account
from carestation.api.wire import group_json, me_json
from carestation.kernel.calls import Answer
from carestation.kernel.http import CareRequest
from carestation.patients.commands.face_sheets import note_list_viewed
from carestation.timeline.queries.home import groups_of


def read_me(request: CareRequest) -> Answer:
    """Return the person who asks, where they work, and what binds them."""
    return Answer(body=me_json(read_account(request.actor.user_id, request.actor)))


def list_groups(request: CareRequest) -> Answer:
    """Return the groups in which one sits, with the sides that are open to one."""
    groups = [group_json(row) for row in groups_of(request.actor)]
    note_list_viewed(request.actor)
    return Answer(body=groups)
