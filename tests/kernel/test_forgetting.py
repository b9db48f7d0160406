"""What a process remembers is dropped in time, also where nobody asks for it again."""

import weakref
from threading import Event

import pytest

from carestation.kernel import forgetting, read_once
from carestation.kernel.forgetting import drop_what_is_old, drops_in_time, look_in_time
from carestation.kernel.read_once import ReadOnce
from carestation.kernel.sql import Row


class Words:
    """What was read."""

    def __init__(self, row: Row) -> None:
        self.said = row["said"]


@pytest.mark.django_db
@pytest.mark.control("8.10")
def test_what_was_read_leaves_the_memory_though_nobody_asks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    once = ReadOnce[Words](most=10)
    read = weakref.ref(once.rows_of("SELECT '千代' AS said WHERE %(is)s", {"is": True}, Words)[0])
    drop_what_is_old()
    held = read() is not None

    monkeypatch.setattr(read_once, "PLAIN_KEPT_SECONDS", -1)
    drop_what_is_old()

    assert (held, read()) == (True, None)


def test_a_process_that_remembers_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Event()
    monkeypatch.setattr(forgetting, "_drops", [])
    monkeypatch.setattr(forgetting, "_threads", [])
    monkeypatch.setattr(forgetting, "LOOKS_EVERY_SECONDS", 0.01)
    drops_in_time(looked.set)

    look_in_time()
    look_in_time()

    assert looked.wait(timeout=30)
    assert len(forgetting._threads) == 1
    monkeypatch.setattr(forgetting, "LOOKS_EVERY_SECONDS", 3600)
