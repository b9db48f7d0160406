import json

from hypothesis import given
from hypothesis import strategies as st

from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import LARGEST_BYTES, Push
from carestation.live.events import Shown
from tests.live.scene import GROUP, events_of

texts = st.text(max_size=200)


def a_push(kind: str = "post", html: str = "", words: str = "") -> Push:
    return Push(
        kind=kind, group_id=GROUP, side="all", seq=7, object_id=uuid7(), html=html, json=words
    )


@given(texts)
def test_whatever_a_post_says_it_is_one_event(text: str) -> None:
    words = json.dumps({"body": text}, indent=1)
    shown = Shown(a_push(html=text, words=words))

    (page,) = events_of(shown.for_pages().decode())
    (program,) = events_of(shown.for_programs().decode())

    assert page.data.get("html", "") == text
    assert program.data["post"] == {"body": text}
    assert page.data["id"] == program.data["id"] == str(shown.push.object_id)


def test_a_call_says_its_own_to_programs() -> None:
    (event,) = events_of(Shown(a_push("call", words='{"ring": true}')).for_programs().decode())

    assert event.data["ring"] is True


def test_the_bytes_of_a_push_are_made_once() -> None:
    shown = Shown(a_push(html="x"))

    assert shown.for_pages() is shown.for_pages()
    assert shown.for_programs() is shown.for_programs()


@given(texts, texts, st.integers(0, 200))
def test_a_push_fits_on_the_bus_and_loses_its_words_last(html: str, words: str, times: int) -> None:
    push = a_push(html=html * times, words=words * times)

    data = push.to_bytes()
    arrived = Push.from_bytes(data)

    assert len(data) <= LARGEST_BYTES
    assert arrived.object_id == push.object_id
    assert arrived.html in {push.html, ""}
    assert arrived.json in {push.json, ""}
    assert arrived == push or len(push.html + push.json) * 4 > LARGEST_BYTES
