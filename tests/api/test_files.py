"""Files, for programs."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from carestation.factlog.models import LoggedFact
from carestation.kernel.ids import uuid7
from tests.api.callers import Program, program_of, said
from tests.world import World


def a_picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "JPEG")
    return buffer.getvalue()


def upload(program: Program, name: str, data: bytes, *, field: str = "file") -> dict[str, Any]:
    answer = program.upload({field: SimpleUploadedFile(name, data)})
    assert answer.status_code == 201, answer.content
    taken: dict[str, Any] = said(answer)
    return taken


def test_a_file_is_its_uploaders_until_a_post_carries_it(world: World) -> None:
    kato, sato = program_of(world, "kato"), program_of(world, "sato")
    taken = upload(kato, "創部.jpg", a_picture())
    place = f"files/{taken['id']}"

    before = [one.get(place).status_code for one in (kato, sato)]
    sent = {"draft_id": str(uuid7()), "body": "", "attachments": [taken["id"]]}
    post = said(kato.post(f"groups/{world.group.pk}/professional/posts", sent))
    after = [program_of(world, name).get(place).status_code for name in ("sato", "mori", "ito")]

    assert set(taken) == {"id", "name", "type", "size_bytes", "sha256"}
    assert (before, after) == ([200, 404], [200, 404, 404])
    assert [(one["id"], one["name"]) for one in post["attachments"]] == [(taken["id"], "創部.jpg")]


@pytest.mark.control("8.15")
def test_opening_a_file_leaves_its_fact(world: World) -> None:
    kato = program_of(world, "kato")
    taken = upload(kato, "a.jpg", a_picture())

    content = kato.get(f"files/{taken['id']}").getvalue()

    assert len(content) == taken["size_bytes"]
    last = LoggedFact.objects.order_by("-id").values_list("kind", "object_id").first()
    assert last is not None
    assert (last[0], str(last[1])) == ("timeline.FileViewed", taken["id"])


@pytest.mark.parametrize(
    ("data", "status"), [(b"", 422), (b"MZ\x90\x00 no picture", 415), (b"\xff\xd8\xff\xe0", 422)]
)
def test_what_is_no_file_of_ours_says_why(world: World, data: bytes, status: int) -> None:
    answer = program_of(world, "kato").upload({"file": SimpleUploadedFile("a.jpg", data)})

    assert answer.status_code == status
    assert said(answer)["reason"]


def test_exactly_one_file_is_taken(world: World) -> None:
    kato, picture = program_of(world, "kato"), a_picture()

    none = kato.upload({"file": "a text"})
    two = kato.upload({name: SimpleUploadedFile(name, picture) for name in ("a", "b")})

    assert (none.status_code, two.status_code) == (422, 422)
    assert said(two)["reason"] == "not_one_file"


def test_more_than_is_held_is_413(world: World) -> None:
    huge = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + bytes(60_000_001))

    answer = program_of(world, "kato").upload({"file": huge})

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_nobody_hands_in_nothing(world: World) -> None:
    assert Program().upload({"file": SimpleUploadedFile("a.jpg", a_picture())}).status_code == 401
