import re

import pytest

from carestation.groups.choices import Side
from carestation.kernel.doors import Door, Entrance, entrances
from config.urls import urlpatterns
from tests.matrix.requests import PARTS, WHO, Stage, acting_as_one, call, path_of, taken_back
from tests.matrix.table import TABLE, Row

# Not views of ours, or the same for all: the stream has a table of its own (tests/live).
ELSEWHERE = {"live", "health", "ready"}
ENTRANCES = {one.name: one for one in entrances(urlpatterns) if one.name not in ELSEWHERE}
PARTS |= {
    name: tuple(re.findall(r"<(?:\w+:)?(\w+)>", one.pattern)) for name, one in ENTRANCES.items()
}


def sides_of(one: Entrance) -> list[Side | None]:
    if one.side == "path":
        return list(Side)
    return [Side.PROFESSIONAL, Side.PATIENT] if one.side else [None]


@pytest.mark.control("8.3")
@pytest.mark.parametrize("context", sorted({row.name.partition(":")[0] for row in TABLE}))
def test_who_gets_what(context: str, stage: Stage) -> None:
    rows = [row for row in TABLE if row.name.partition(":")[0] == context]

    columns = [answers_to(stage, rows, who) for who in WHO]

    got = dict(zip((row[:3] for row in rows), zip(*columns, strict=True), strict=True))
    assert got == {row[:3]: tuple(row.answers) for row in rows}


def answers_to(stage: Stage, rows: list[Row], who: str) -> list[int]:
    """Return what one of the columns gets at each row; what it changed is taken back."""
    answers = []
    with acting_as_one(stage, who) as (client, session):
        for row in rows:
            with taken_back(client):
                path = path_of(stage, row.name, row.side, session)
                answers.append(call(client, row.name, row.method, path))
    return answers


@pytest.mark.control("8.3")
def test_every_address_method_and_side_has_its_row() -> None:
    wanted = {
        (one.name, method.lower(), side)
        for one in ENTRANCES.values()
        for method in one.methods
        if method != "HEAD"
        for side in sides_of(one)
    }

    assert wanted == {(row.name, row.method, row.side) for row in TABLE}


@pytest.mark.control("8.3")
@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row[0]}-{row[1]}-{row[2]}")
def test_nobody_passes_a_door_that_is_not_theirs(row: Row) -> None:
    answers = dict(zip(WHO, row.answers, strict=True))
    if ENTRANCES[row.name].door is Door.PUBLIC:
        return
    refused = {302, 401, 403, 404}
    strangers = {"anon"}
    if ENTRANCES[row.name].door is Door.SEAT:
        strangers |= {"half", "bare", "ito", "ueda", "abe", "oka"}
    if ENTRANCES[row.name].door is Door.DESK:
        strangers |= set(WHO) - {"abe"}
    if ENTRANCES[row.name].door is Door.CONSOLE:
        strangers |= set(WHO) - {"oka"}
    if row.side is Side.PROFESSIONAL:
        strangers |= {"mori"}

    assert {answers[who] for who in strangers} <= refused
