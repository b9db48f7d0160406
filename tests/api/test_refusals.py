"""Bad input: a clear answer each time, and never a 500."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carestation.kernel.ids import uuid7
from tests.api.callers import JSON, Program, program_of, said
from tests.world import World

# Fixed: the names of tests are the same in every part of a parallel run.
NOBODYS = "0192f5c0-0000-7000-8000-000000000000"

PROBLEM = "application/problem+json"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
# A post in which any field may be anything, or nearly right.
NEARLY_POSTS = st.fixed_dictionaries(
    {},
    optional={
        "draft_id": ANYTHING | st.uuids().map(str),
        "body": ANYTHING | st.text(st.characters(exclude_categories=())),
        "parent": ANYTHING | st.uuids().map(str),
        "urgency": ANYTHING | st.sampled_from(["normal", "urgent"]),
        "asks_acknowledgement": ANYTHING | st.booleans(),
        "mentions": ANYTHING | st.lists(st.uuids().map(str), max_size=3),
        "attachments": ANYTHING | st.lists(st.uuids().map(str), max_size=12),
        "more": ANYTHING,
    },
)
often = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def posts_of(world: World) -> str:
    return f"groups/{world.group.pk}/professional/posts"


def fields_of(world: World, sent: dict[str, object]) -> dict[str, str]:
    answer = program_of(world, "kato").post(posts_of(world), sent)
    assert answer.status_code == 422, answer.content
    assert answer.headers["Content-Type"] == PROBLEM
    reasons: dict[str, str] = said(answer)["fields"]
    return reasons


def test_each_field_has_its_reason(world: World) -> None:
    sent = {
        "body": 5,
        "parent": "x",
        "urgency": "soon",
        "asks_acknowledgement": "yes",
        "mentions": [str(uuid7()), 1],
        "attachments": [str(uuid7()) for _ in range(11)],
        "colour": "red",
    }

    assert fields_of(world, sent) == {
        "draft_id": "missing",
        "body": "wrong_type",
        "parent": "not_an_id",
        "urgency": "not_a_choice",
        "asks_acknowledgement": "wrong_type",
        "mentions": "wrong_type",
        "attachments": "too_many",
        "colour": "unknown",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        (" \n\u3000", "empty"),
        ("\u202e\u2066", "empty"),
        ("あ" * 10_001, "too_long"),
        ("あ\x00い", "unfit_characters"),
        ("\x1b[2J", "unfit_characters"),
        ("\ud800", "unfit_characters"),
    ],
)
def test_a_body_that_cannot_be_kept_says_why(world: World, body: str, reason: str) -> None:
    sent: dict[str, object] = {"draft_id": str(uuid7()), "body": body}

    assert fields_of(world, sent) == {"body": reason}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"body": "\xff"}',
        b'{"body": "a", "body": "b"}',
        b'{"number": NaN}',
        b'{"number": Infinity}',
        b'{"number": 1e999}',
        b"\xef\xbb\xbf{}",
        '{"body": "a"}'.encode("utf-16"),
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"1" * 10_000,
    ],
)
def test_what_is_no_strict_json_is_400(world: World, body: bytes) -> None:
    answer = program_of(world, "kato").send("POST", posts_of(world), body)

    assert answer.status_code == 400
    assert said(answer)["reason"] == "not_json"


@pytest.mark.parametrize("body", [b"1", b"null", b"[]", b'"text"', b"[1]"])
def test_what_is_no_object_is_422(world: World, body: bytes) -> None:
    answer = program_of(world, "kato").send("POST", posts_of(world), body)

    assert (answer.status_code, said(answer)["reason"]) == (422, "not_an_object")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
     "", "application/json; charset=shift_jis", "application/jsonx"],
)  # fmt: skip
def test_another_type_is_415(world: World, content_type: str) -> None:
    answer = program_of(world, "kato").send("POST", posts_of(world), b"{}", content_type)

    assert answer.status_code == 415
    assert answer.headers["Content-Type"] == PROBLEM


def test_a_body_in_chunks_wants_its_length_first(world: World) -> None:
    kato = program_of(world, "kato")

    answer = kato.client.generic(
        "POST",
        f"/api/v1/{posts_of(world)}",
        b"{}",
        content_type=JSON,
        headers=kato.headers | {"Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
    )

    assert (answer.status_code, said(answer)["reason"]) == (411, "length")


def test_json_without_end_is_413(world: World) -> None:
    answer = program_of(world, "kato").send("POST", posts_of(world), b" " * 1_000_001)

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PATCH", "me", "GET, HEAD"), ("GET", "sessions", "POST"), ("POST", "groups", "GET, HEAD")],
)
def test_another_method_says_which_there_are(
    world: World, method: str, path: str, allowed: str
) -> None:
    answer = program_of(world, "kato").call(method, path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert answer.headers["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("limit=0", {"limit": "too_small"}),
        ("limit=101", {"limit": "too_large"}),
        ("limit=ten", {"limit": "wrong_type"}),
        ("limit=1&limit=2", {"limit": "repeated"}),
        ("limit=1.5", {"limit": "wrong_type"}),
        ("limit=" + "9" * 5000, {"limit": "wrong_type"}),
        ("before=0", {"before": "too_small"}),
        ("after=-1", {"after": "too_small"}),
        ("after=99999999999999999999", {"after": "too_large"}),
        ("after=1&before=2", {"after": "not_with_before"}),
        ("page=2", {"page": "unknown"}),
        ("limit=%00", {"limit": "wrong_type"}),
        ("%ff=%ff", {"\ufffd": "unknown"}),
    ],
)
def test_a_query_says_what_is_wrong(world: World, query: str, reasons: dict[str, str]) -> None:
    answer = program_of(world, "kato").get(f"{posts_of(world)}?{query}")

    assert answer.status_code == 422
    assert said(answer)["fields"] == reasons


@pytest.mark.parametrize(
    "path",
    ["nothing", "groups/1/professional/posts", f"groups/{NOBODYS}/family/posts",
     f"posts/{NOBODYS}", "", "%00", "groups/%ff"],
)  # fmt: skip
def test_what_is_not_there_is_404_for_programs_too(world: World, path: str) -> None:
    answer = program_of(world, "kato").get(path)

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == PROBLEM


@given(sent=ANYTHING)
@often
def test_no_json_makes_the_server_fall(world: World, sent: object) -> None:
    kato = program_of(world, "kato")

    for method, path in (("POST", posts_of(world)), ("POST", "sessions")):
        assert kato.send(method, path, json.dumps(sent)).status_code in {400, 415, 422}


@given(sent=NEARLY_POSTS)
@often
def test_no_post_makes_the_server_fall(world: World, sent: dict[str, object]) -> None:
    answer = program_of(world, "kato").post(posts_of(world), sent)

    assert answer.status_code in {201, 200, 400, 404, 422}
    assert answer.headers["Content-Type"] == (JSON if answer.status_code < 300 else PROBLEM)


@given(body=st.binary(min_size=1, max_size=200))
@often
def test_no_bytes_make_the_server_fall(world: World, body: bytes) -> None:
    kato = program_of(world, "kato")

    assert kato.send("POST", posts_of(world), body).status_code in {400, 422}
    multipart = "multipart/form-data; boundary=x"
    assert kato.send("POST", "files", b"--x\r\n" + body, multipart).status_code in {400, 422}


def test_a_sign_in_with_the_wrong_shape_is_422(world: World) -> None:
    answer = Program().post("sessions", {"email": 1, "password": None})

    assert said(answer)["fields"] == {"email": "wrong_type", "password": "wrong_type"}
