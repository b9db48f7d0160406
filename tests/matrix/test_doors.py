"""Every address of the product says its door, and the door is closed to nobody in particular."""

import json
import subprocess
from collections.abc import Iterator
from functools import partial

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from carestation.kernel.doors import Door, Entrance, door, entrances
from carestation.kernel.ids import uuid7
from config.cli import main
from config.listing import listed
from tests.running.starts import COMMAND, PROJECT

# The stream is another process; its tests are in tests/live.
CLOSED = [one for one in listed() if one.door is not Door.PUBLIC and one.name != "live"]
KEYS = {"name", "pattern", "methods", "door", "side", "changes"}


def every_view() -> Iterator[URLPattern]:
    def under(one: URLPattern | URLResolver) -> Iterator[URLPattern]:
        if isinstance(one, URLPattern):
            yield one
            return
        for inner in one.url_patterns:
            yield from under(inner)

    yield from under(get_resolver())


def place_of(entrance: Entrance) -> str:
    words = {"uuid": str(uuid7()), "side": "professional", "int": "1", "str": "x", "slug": "x"}
    place = entrance.pattern
    while "<" in place:
        before, _, rest = place.partition("<")
        kind, _, after = rest.partition(">")
        place = before + words.get(kind.partition(":")[0], "x") + after
    return f"/{place}"


def test_every_address_is_listed_once_with_its_door_and_methods() -> None:
    entries = listed()

    views = len(list(every_view()))
    assert len(entries) == views + 1, "every view, and the stream"
    assert all(entry.methods for entry in entries)
    assert len({(entry.pattern, entry.name) for entry in entries}) == len(entries)


def test_the_command_lists_what_the_contract_says(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["urls", "--json"])

    rows = json.loads(capsys.readouterr().out)
    assert code == 0
    assert all(set(row) == KEYS for row in rows)
    assert {row["door"] for row in rows} <= {"public", "self", "seat", "desk", "console"}
    [posts] = [row for row in rows if row["name"] == "api:list_posts"]
    assert (posts["methods"], posts["side"], posts["changes"]) == (["GET", "POST"], "path", True)


def test_people_read_it_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    main(["urls"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["door", "side", "changes", "methods", "pattern", "name"]
    assert len(lines) == len(listed()) + 1


def test_who_reads_only_the_first_lines_gets_them_and_no_more() -> None:
    command = [*COMMAND, "urls", "--json"]
    with subprocess.Popen(  # noqa: S603 - ours
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as asked:
        assert asked.stdout is not None
        assert asked.stderr is not None
        assert asked.stdout.readline() == b"[\n"
        asked.stdout.close()
        complaints = asked.stderr.read()

    assert (asked.returncode, complaints) == (0, b"")


def test_a_view_without_a_door_stops_the_start() -> None:
    def open_to_all(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with pytest.raises(ImproperlyConfigured, match="open_to_all at “x/” says no door"):
        entrances([path("x/", open_to_all)])


def test_whoever_does_not_say_public_wants_a_signed_in_person() -> None:
    views = [door(kind)(partial(HttpResponse)) for kind in Door]

    assert [getattr(view, "login_required", None) for view in views] == [
        kind is not Door.PUBLIC for kind in Door
    ]


@pytest.mark.control("8.3")
@pytest.mark.django_db
@pytest.mark.parametrize("entrance", CLOSED, ids=lambda one: one.name)
def test_nobody_who_has_not_signed_in_gets_further_than_the_door(entrance: Entrance) -> None:
    nobody = Client(raise_request_exception=False)

    for method in entrance.methods:
        answer = nobody.generic(method, place_of(entrance))
        expected = {401} if entrance.pattern.startswith("api/") else {302}
        assert answer.status_code in expected, (method, answer.status_code)
