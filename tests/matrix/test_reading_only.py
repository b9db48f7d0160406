"""Sato, lowered to reading only: every address of a seat, and what is refused there."""

from typing import Final

import pytest

from carestation.groups.choices import Role, Side
from carestation.groups.commands.roles import change_role
from carestation.kernel.doors import Door
from tests.matrix.requests import WHO, Stage, a_client, call, path_of, taken_back
from tests.matrix.table import TABLE
from tests.matrix.test_matrix import ENTRANCES

SATO: Final = WHO.index("sato")
WRITES: Final = {
    ("timeline:publish", "post"),
    ("timeline:acknowledgement", "post"),
    ("patients:edit_face_sheet", "get"),
    ("patients:edit_face_sheet", "post"),
    ("patients:consents", "post"),
    ("patients:withdraw_consent", "get"),
    ("patients:withdraw_consent", "post"),
    ("patients:invite", "get"),
    ("patients:invite", "post"),
    ("patients:invite_known", "get"),
    ("patients:invite_known", "post"),
    ("api:list_posts", "post"),
    ("api:list_acknowledgements", "put"),
    ("api:list_acknowledgements", "delete"),
}
# What they had invited to is over: nothing is there to be sent again or taken back.
OVER: Final = {("patients:resend", "post"), ("patients:cancel", "post")}


@pytest.mark.control("8.3")
def test_who_only_reads_gets_what_others_do_but_where_something_is_written(stage: Stage) -> None:
    world = stage.world
    sato = world.membership("sato")
    change_role(world.seat("kato", Side.PROFESSIONAL), sato.pk, Role.READER)
    client, session = a_client(stage, "sato")
    got, wanted = {}, {}

    for row in TABLE:
        if ENTRANCES[row.name].door is not Door.SEAT:
            continue
        asked, usual = (row.name, row.method, row.side), row.answers[SATO]
        is_there = usual != 404
        refused = 403 if asked[:2] in WRITES and is_there else usual
        wanted[asked] = 409 if asked[:2] in OVER and is_there else refused
        with taken_back(client):
            path = path_of(stage, row.name, row.side, session)
            got[asked] = call(client, row.name, row.method, path)

    assert got == wanted
    assert {one[:2] for one in wanted} >= WRITES | OVER
