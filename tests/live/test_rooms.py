import pytest

from carestation.kernel.pushes import Push
from carestation.live.queries import Seated, Seating
from carestation.live.rooms import LONGEST_HELD, MOST_TRIES
from tests.live.scene import (
    GROUP,
    PATIENT,
    PROFESSIONAL,
    Listener,
    a_hall,
    a_mark,
    a_push,
    a_seat,
    seats_are_read,
)


def test_a_stream_begins_with_catching_up_and_then_shows_each_change() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat(4))

    hall.take(a_push(5))

    assert sato.wire.kinds() == ["catchup", "post"]
    assert sato.wire.events[1].data == {
        "group": str(GROUP), "side": "professional", "seq": 5, "id": None, "html": "<li>5</li>"
    }  # fmt: skip
    assert f"\nid: {GROUP}/professional/5\n" in sato.wire.text


@pytest.mark.control("8.3")
def test_the_family_gets_nothing_of_the_other_side_not_even_its_number() -> None:
    hall, sato, mori = a_hall(), Listener(), Listener()
    sato.enters(hall, a_seat(4), a_seat(9, PATIENT))
    mori.enters(hall, a_seat(9, PATIENT))

    hall.take(a_push(5))
    hall.take(a_push(10, PATIENT))

    assert sato.wire.posts() == [5, 10]
    assert mori.wire.posts() == [10]
    assert "professional" not in mori.wire.text


def test_without_a_gap_nothing_is_read() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat())

    for seq in range(1, 11):
        hall.take(a_push(seq))

    assert not hall.doubted
    assert sato.wire.posts() == list(range(1, 11))


@pytest.mark.control("8.3")
def test_an_end_that_was_lost_on_the_bus_is_found_at_the_gap_before_anything_is_shown() -> None:
    hall, sato, mori = a_hall(), Listener(), Listener()
    sato.enters(hall, a_seat())
    mori.enters(hall, a_seat())
    hall.take(a_push(1))

    hall.take(a_push(3))
    before = (sato.wire.posts(), mori.wire.posts())
    seats_are_read(hall, 3, sato)

    assert before == ([1], [1])
    assert sato.wire.posts() == [1, 3]
    assert mori.wire.posts() == [1]
    assert mori.wire.events[-1].data == {
        "group": str(GROUP), "side": "professional", "ended": True
    }  # fmt: skip


def test_an_ending_membership_waits_for_the_seats_and_shows_the_others_that_it_ended() -> None:
    hall, sato, mori = a_hall(), Listener(), Listener()
    sato.enters(hall, a_seat())
    mori.enters(hall, a_seat())

    hall.take(a_push(1, kind="membership", reseats=True))
    hall.take(a_push(2))
    seats_are_read(hall, 1, sato)

    assert sato.wire.kinds() == ["catchup", "membership", "post"]
    assert mori.wire.kinds() == ["catchup", "membership"]
    assert not mori.wire.is_over


def test_a_membership_that_begins_opens_its_room_to_a_stream_that_is_open_already() -> None:
    hall, ito = a_hall(), Listener()
    ito.enters(hall)

    hall.take(a_push(7, kind="membership", reseats=True))
    seats_are_read(hall, 7, ito)
    hall.take(a_push(8))

    assert ito.wire.kinds() == ["catchup", "membership", "post"]
    assert ito.wire.events[1].data == {
        "group": str(GROUP), "side": "professional", "seq": 7, "began": True
    }  # fmt: skip


def test_seats_read_before_someone_came_do_not_send_them_away() -> None:
    hall, sato, ueda = a_hall(), Listener(), Listener()
    sato.enters(hall, a_seat(1))
    hall.take(a_push(3))
    rooms = hall.take_doubted()
    ueda.enters(hall, a_seat(5))
    hall.doubted |= rooms

    seats_are_read(hall, 4, sato)

    assert ueda.wire.kinds() == ["catchup"]


def test_seats_read_before_someone_came_back_do_not_send_them_away() -> None:
    hall, first, second = a_hall(), Listener(), Listener()
    second.user_id = first.user_id
    first.enters(hall, a_seat(1))
    hall.take(a_push(3))
    rooms = hall.take_doubted()
    second.enters(hall, a_seat(5))
    hall.doubted |= rooms

    seats_are_read(hall, 4)
    hall.take(a_push(5, kind="membership", reseats=True))
    seats_are_read(hall, 5, first)

    assert second.wire.kinds() == ["catchup", "post", "membership"]
    assert second.wire.events[-1].seq == 5


def test_a_room_that_is_doubted_while_its_seats_are_read_waits_on() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat(1))
    hall.take(a_push(3))
    rooms = hall.take_doubted()

    hall.doubt_all()
    hall.seat(rooms, [])
    still = sato.wire.posts()
    seats_are_read(hall, 3, sato)

    assert still == []
    assert sato.wire.kinds() == ["catchup", "post", "catchup"]


def test_a_timeline_that_is_not_there_has_no_seats() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat(1))

    hall.take(a_push(3))
    hall.seat(hall.take_doubted(), [])

    assert sato.wire.kinds() == ["catchup", "membership"]
    assert not hall.rooms()


def test_more_than_can_be_held_is_caught_up_with() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat())

    for seq in range(2, LONGEST_HELD + 10):
        hall.take(a_push(seq))
    seats_are_read(hall, LONGEST_HELD + 9, sato)

    assert sato.wire.kinds()[:2] == ["catchup", "catchup"]
    assert len(sato.wire.posts()) < LONGEST_HELD


@pytest.mark.control("8.3")
def test_the_end_of_a_session_ends_its_streams_at_once_and_no_others() -> None:
    hall, phone, desk = a_hall(), Listener(), Listener()
    desk.user_id = phone.user_id
    phone.enters(hall, a_seat())
    desk.enters(hall, a_seat())

    hall.take(Push(kind="session", ended_session_id=phone.session_id))
    hall.take(a_push(1))

    assert phone.wire.kinds() == ["catchup", "end"]
    assert phone.wire.events[-1].data == {"reason": "session"}
    assert phone.wire.is_over
    assert desk.wire.kinds() == ["catchup", "post"]


def test_two_streams_of_one_person_are_both_shown_everything() -> None:
    hall, page, program = a_hall(), Listener(), Listener()
    program.user_id = page.user_id
    page.enters(hall, a_seat())
    stream = program.enters(hall, a_seat(), wants_json=True)

    hall.take(a_push(1, json='{"id":\n"x"}'))
    hall.leave(stream)
    hall.take(a_push(2))

    assert page.wire.posts() == [1, 2]
    assert program.wire.posts() == [1]
    assert program.wire.events[1].data["post"] == {"id": "x"}
    assert "html" not in program.wire.events[1].data


def test_marks_are_told_once_a_second_with_the_newest_of_each() -> None:
    hall, sato, kato = a_hall(), Listener(), Listener()
    sato.enters(hall, a_seat(4))
    kato.enters(hall, a_seat(4))

    for number in (1, 3, 2):
        hall.take(a_mark(sato.user_id, number, 4))
    hall.take(a_mark(kato.user_id, 4, 4))
    hall.tick(1.0)
    hall.tick(2.0)

    assert kato.wire.kinds() == ["catchup", "read"]
    assert kato.wire.events[1].data["marks"] == [
        {"user": str(sato.user_id), "number": 3},
        {"user": str(kato.user_id), "number": 4},
    ]


@pytest.mark.control("8.3")
def test_a_mark_is_no_gap_but_is_not_told_before_the_seats_are_known() -> None:
    hall, sato, mori = a_hall(), Listener(), Listener()
    sato.enters(hall, a_seat(4))
    mori.enters(hall, a_seat(4))

    hall.take(a_mark(sato.user_id, 5, 6))
    hall.tick(1.0)
    before = sato.wire.kinds()
    seats_are_read(hall, 6, sato)
    hall.tick(2.0)

    assert before == ["catchup"]
    assert sato.wire.kinds() == ["catchup", "read"]
    assert mori.wire.kinds() == ["catchup", "membership"]


def test_a_page_hears_a_beat_every_ten_seconds() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat())

    for second in range(61):
        hall.tick(float(second))

    assert sato.wire.kinds() == ["catchup", *(["beat"] * 6)]


def test_a_programs_stream_is_kept_open_by_comments_and_ends_when_its_time_is_over() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat(), wants_json=True)

    hall.tick(19.0)
    early = sato.wire.text.count("\n:\n")
    for second in range(20, 602):
        hall.tick(float(second))

    assert early == 0
    assert sato.wire.text.count("\n:\n") == 29
    assert sato.wire.events[-1].data == {"reason": "expired"}
    assert sato.wire.is_over
    assert not hall.streams


def test_a_room_without_listeners_is_closed() -> None:
    hall, sato = a_hall(), Listener()
    stream = sato.enters(hall, a_seat())

    hall.leave(stream)
    hall.leave(stream)

    assert not hall.rooms()
    assert not hall.session_ids()


def test_what_a_lost_push_left_behind_is_found_by_the_numbers() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat(4))

    hall.doubt_lagging([a_seat(4)])
    unmoved = bool(hall.doubted)
    hall.doubt_lagging([a_seat(5)])
    seats_are_read(hall, 5, sato)

    assert not unmoved
    assert sato.wire.events[-1].data == {
        "group": str(GROUP), "side": "professional", "reason": "lost"
    }  # fmt: skip


def test_nobody_is_called_to_catch_up_twice_for_one_loss() -> None:
    hall, sato = a_hall(), Listener()

    hall.doubt_all()
    sato.enters(hall, a_seat())
    hall.take(a_push(1, kind="membership", reseats=True))
    seats_are_read(hall, 1, sato)

    assert sato.wire.kinds() == ["catchup", "membership"]


def test_after_the_bus_was_away_everyone_is_called_though_some_room_is_always_in_doubt() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat(1), a_seat(1, side=PATIENT))
    hall.doubt_all()
    rooms = hall.take_doubted()
    read = [Seating(GROUP, side, 1, frozenset({sato.user_id})) for side in (PROFESSIONAL, PATIENT)]

    hall.take(a_push(3, side=PATIENT))
    hall.seat(rooms, read)

    assert {one.side for one in hall.doubted} == {PATIENT}
    assert sato.wire.kinds() == ["catchup", "catchup"]


def test_a_second_stream_that_finds_fewer_seats_has_the_first_looked_at() -> None:
    hall, first, second = a_hall(), Listener(), Listener()
    second.user_id = first.user_id
    first.enters(hall, a_seat())

    second.enters(hall)
    seats_are_read(hall, 1)

    assert first.wire.kinds() == ["catchup", "membership"]
    assert second.wire.kinds() == ["catchup", "membership"]


def test_a_push_of_what_the_database_does_not_know_is_dropped_in_the_end() -> None:
    hall, sato = a_hall(), Listener()
    sato.enters(hall, a_seat())

    hall.take(a_push(9))
    for _ in range(MOST_TRIES + 1):
        assert hall.doubted
        seats_are_read(hall, 0, sato)
    hall.take(a_push(1))

    assert not hall.doubted
    assert sato.wire.posts() == [1]


@pytest.mark.control("8.3")
def test_a_seat_that_ends_by_itself_is_taken_away_without_a_push() -> None:
    hall, sato, ito = a_hall(), Listener(), Listener()
    sato.enters(hall, a_seat(4))
    ito.enters(hall, Seated(GROUP, "professional", 4, until=10.0))

    hall.tick(9.9)
    hall.take(a_push(5))
    hall.tick(10.0)
    hall.take(a_push(6))
    assert {room.group_id for room in hall.doubted} == {GROUP}
    seats_are_read(hall, 5, sato)

    assert sato.wire.posts() == [5, 6]
    assert ito.wire.posts() == [5]
    assert ito.wire.kinds()[-1] == "membership"
    hall.tick(11.0)
    assert not hall.doubted


@pytest.mark.control("8.3")
def test_of_several_who_sit_for_a_time_each_is_looked_at_when_theirs_is_over() -> None:
    hall, sato, ito, ueda = a_hall(), Listener(), Listener(), Listener()
    sato.enters(hall, a_seat(4))
    hall.doubt_all()
    people = frozenset(one.user_id for one in (sato, ito, ueda))
    hall.seat(hall.take_doubted(), [Seating(GROUP, "professional", 4, people, until=10.0)])

    hall.tick(10.0)
    first = bool(hall.doubted)
    still = people - {ito.user_id}
    hall.seat(hall.take_doubted(), [Seating(GROUP, "professional", 5, still, until=20.0)])
    hall.tick(19.9)
    between = bool(hall.doubted)
    hall.tick(20.0)

    assert (first, between, bool(hall.doubted)) == (True, False, True)
