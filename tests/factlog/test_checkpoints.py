"""What is signed of the log, as others read it."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carestation.factlog.checkpoints import (
    Head,
    NotACheckpointError,
    Signed,
    key_hash,
    note_of,
    notes_in,
    read_note,
    told_key,
)

NAME = "care.example.jp/facts"
JAPAN = timezone(timedelta(hours=9))
hashes = st.binary(min_size=32, max_size=32)
heads = st.builds(
    Head,
    origin=st.just(NAME) | st.uuids().map(lambda one: f"{NAME}/{one}"),
    size=st.integers(min_value=1, max_value=2**62),
    root=hashes,
    at=st.datetimes(timezones=st.just(JAPAN)).map(lambda at: at.replace(microsecond=0)),
    previous=hashes,
    whole=st.none() | hashes,
)
signed = st.builds(
    Signed,
    head=heads,
    key_hash=st.binary(min_size=4, max_size=4),
    signature=st.binary(min_size=64, max_size=64),
)


@given(signed)
def test_a_note_says_what_was_signed(one: Signed) -> None:
    assert read_note(note_of(one, NAME)) == one


@given(signed, st.data())
def test_a_note_with_other_words_is_another_or_none(one: Signed, data: st.DataObject) -> None:
    note = note_of(one, NAME)
    place = data.draw(st.integers(min_value=0, max_value=len(one.head.text()) - 1))
    other = note[:place] + data.draw(st.sampled_from("0Aa /\n")) + note[place + 1 :]

    try:
        read = read_note(other)
    except NotACheckpointError:
        return
    assert (read.head == one.head) == (other == note)


@given(st.lists(signed, max_size=3))
def test_notes_are_found_in_a_letter_with_other_words(ones: list[Signed]) -> None:
    notes = [note_of(one, NAME) for one in ones]
    letter = "操作の記録の要約です。\r\n\r\n" + "\r\n大切に保管してください。\r\n\r\n".join(
        note.replace("\n", "\r\n") for note in notes
    )

    assert notes_in(letter) == notes


def test_a_key_is_published_as_other_programs_read_it() -> None:
    public = bytes(range(32))
    algorithm = b"\x01"

    told = told_key(NAME, public)

    key = b64encode(algorithm + public).decode()
    assert told == f"{NAME}+{key_hash(NAME, public).hex()}+{key}"


@pytest.mark.parametrize("note", ["", "words", "a/facts\n1\n", "a/facts\nx\ny\n\n— a z\n"])
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(NotACheckpointError):
        read_note(note)


def test_a_checkpoint_tells_the_time_of_japan() -> None:
    at = datetime(2026, 6, 10, 1, 0, tzinfo=UTC).astimezone(JAPAN)
    head = Head(origin=NAME, size=1, root=bytes(32), at=at, previous=bytes(32))

    assert "at 2026-06-10T10:00:00+09:00\n" in head.text()
