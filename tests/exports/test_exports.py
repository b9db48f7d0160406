"""Exports: asked for with a right, made in one piece, kept sealed, gone when their time is over."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.tasks import mail_letter
from carestation.exports import followers, tasks
from carestation.exports.choices import ExportState, Extent
from carestation.exports.commands import making
from carestation.exports.commands.exports import (
    ask_export,
    note_export_fetched,
    remove_export,
    remove_what_is_over,
)
from carestation.exports.commands.making import make_export
from carestation.exports.facts import ExportAsked, ExportMade
from carestation.exports.models import Export
from carestation.exports.queries.exports import bytes_of_export, exports_at, take_export
from carestation.exports.rules import MADE_WITHIN, extents, is_strong, new_phrase
from carestation.facilities.choices import Allowed, EndCause, Right, StaffRole
from carestation.facilities.commands.policies import change_policy
from carestation.facilities.commands.staff import end_staff, pause_staff, resume_staff
from carestation.facilities.queries.desks import desks_of, take_desk
from carestation.facilities.rules import Rules, rights_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import Conflict, DomainError, NotVisible, Refused
from carestation.kernel.ids import uuid7
from tests.accounts.people import clock_at, clock_later
from tests.exports.people import (
    PHRASE,
    a_busy_group,
    a_made,
    a_wish,
    asked,
    fetched,
    make_as_it_stands,
    opened,
)
from tests.facilities.people import a_holder, a_manager, desk_of
from tests.timeline.test_canary import everything_kept
from tests.world import World


def kinds() -> list[str]:
    found = LoggedFact.objects.filter(kind__startswith="exports.").order_by("id")
    return list(found.values_list("kind", flat=True))


class TestWhole:
    @pytest.mark.control("8.13")
    @pytest.mark.control("8.24")
    def test_an_export_is_asked_for_made_fetched_and_gone(
        self, committed_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world, desk = committed_world, a_manager(committed_world)
        a_busy_group(world)
        export = asked(desk)
        waiting = dict(everything_kept())
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nothing-is-written-here"))

        tasks.make(export_id=str(export.pk))

        made = take_export(desk, export.pk)
        path = fetched(desk, export.pk, tmp_path)
        note_export_fetched(made)
        assert "血圧は150でした。" in "".join(opened(path).values())
        [shown] = exports_at(desk)
        assert shown.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (shown.size_bytes, shown.state) == (path.stat().st_size, ExportState.READY)
        assert Export.objects.get().pass_phrase_sealed is None
        kept = dict(everything_kept())
        for words in (PHRASE, "血圧は150でした。", "夏の点検の前の控え"):
            for text in (*waiting.values(), *kept.values()):
                assert words.encode() not in text
        assert b"PK\x03\x04" not in kept[f"{export.pk.hex}.content"]
        assert kinds() == [
            "exports.ExportAsked",
            "exports.ExportMade",
            "exports.GroupExported",
            "exports.GroupExported",
            "exports.ExportFetched",
        ]
        over = Export.objects.get(pk=export.pk).expires_at
        assert over is not None
        with clock_at(over - timedelta(seconds=1)):
            assert take_export(desk, export.pk).export_id == export.pk
        with clock_at(over):
            with pytest.raises(NotVisible):
                take_export(desk, export.pk)
            assert remove_what_is_over() == 1
        assert kinds()[-1] == "exports.ExportRemoved"
        folder = Path(settings.BLOB_URL.partition("://")[2])
        assert list(folder.rglob(f"{export.pk.hex}*")) == []

    def test_an_export_shows_one_moment_and_nothing_that_came_since(
        self, committed_world: World, tmp_path: Path
    ) -> None:
        desk = a_manager(committed_world)
        export = asked(desk)
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            assert cursor.fetchone() == ("read committed",)

        make_export(export.pk)
        make_export(export.pk)

        found = opened(fetched(desk, export.pk, tmp_path))
        assert "exports.ExportAsked" in found["data/facts.jsonl"]
        assert "exports.ExportMade" not in found["data/facts.jsonl"]
        assert kinds().count("exports.ExportMade") == 1

    def test_what_lasts_between_two_looks_ends_no_reading(self, committed_world: World) -> None:
        asked(a_manager(committed_world))
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '50ms'")
        with making._one_state():
            threading.Event().wait(0.3)
            count = Export.objects.count()
        connection.close()

        assert count == 1

    def test_two_workers_never_make_the_same(self, committed_world: World) -> None:
        export = asked(a_manager(committed_world))
        other, held = connection.copy(), {"key": export.pk.int & (2**63 - 1)}
        with other.cursor() as cursor:
            cursor.execute(making.HOLD, held)
            make_export(export.pk)
            before = Export.objects.running().exists()
            cursor.execute(making.LET_GO, held)
        other.close()

        make_export(export.pk)

        assert before
        assert Export.objects.get().made_at is not None


class TestRights:
    @pytest.mark.control("8.2")
    def test_the_rule_of_the_facility_lets_everyone_write_out_their_own(self, world: World) -> None:
        abe = a_manager(world)
        before = desks_of(world.actor("sato"))
        change_policy(abe, Rules(may_export=Allowed.EVERYONE), version=0)

        desk = take_desk(world.actor("sato"), world.facility.pk, Right.EXPORT_OWN)

        assert before == []
        assert desks_of(world.actor("sato")) == [world.facility]
        assert extents(desk.rights) == [Extent.OWN]
        assert asked(desk, Extent.OWN).extent == Extent.OWN
        with pytest.raises(Refused):
            asked(desk, Extent.FACILITY)

    def test_the_table_gives_all_to_managers_and_own_to_members_where_the_rule_says(self) -> None:
        everyone = Rules(may_export=Allowed.EVERYONE)
        by_role = {role: extents(rights_of(role, everyone)) for role in StaffRole}

        assert by_role == {
            StaffRole.MANAGER: [Extent.FACILITY, Extent.OWN, Extent.RECORD],
            StaffRole.MEMBER: [Extent.OWN],
        }
        assert extents(rights_of(StaffRole.MEMBER, Rules())) == []

    @pytest.mark.control("8.2")
    def test_nobody_fetches_or_removes_what_another_asked_for(self, world: World) -> None:
        abe, export = a_manager(world), a_made(world)
        a_holder(world, abe, "sato", Right.EXPORT)
        sato = desk_of(world, "sato")

        assert [one.is_own for one in exports_at(sato)] == [False]
        for act in (take_export, remove_export):
            with pytest.raises(NotVisible):
                act(sato, export.pk)

    @pytest.mark.control("8.2")
    def test_who_writes_out_their_own_sees_only_what_they_asked_for(self, world: World) -> None:
        change_policy(a_manager(world), Rules(may_export=Allowed.EVERYONE), version=0)
        asked(desk_of(world, "abe"))

        assert exports_at(desk_of(world, "sato")) == []

    @pytest.mark.control("5.18")
    def test_with_the_right_the_archive_goes(self, world: World) -> None:
        abe = a_manager(world)
        a_holder(world, abe, "sato", Right.EXPORT)
        export = a_made(world, "sato")
        opened_before = take_export(desk_of(world, "sato"), export.pk)
        pause_staff(abe, world.staff["sato"].pk)

        with pytest.raises(NotVisible):
            list(_looked_again(bytes_of_export(opened_before, 0, 1)))
        assert remove_what_is_over() == 1
        resume_staff(abe, world.staff["sato"].pk)
        with pytest.raises(NotVisible):
            take_export(desk_of(world, "sato"), export.pk)
        assert exports_at(abe)[0].removal == "right_ended"

    def test_many_that_stay_do_not_keep_one_whose_right_ended(self, world: World) -> None:
        abe = a_manager(world)
        a_holder(world, abe, "sato", Right.EXPORT)
        staying = a_made(world)
        Export.objects.bulk_create(_again(staying) for _ in range(210))
        export = a_made(world, "sato")
        pause_staff(abe, world.staff["sato"].pk)

        assert remove_what_is_over() == 1

        export.refresh_from_db()
        assert export.removal == "right_ended"
        assert Export.objects.kept().count() == 211

    def test_without_the_right_nothing_is_made(self, world: World) -> None:
        abe = a_manager(world)
        a_holder(world, abe, "sato", Right.EXPORT)
        export = asked(desk_of(world, "sato"))
        end_staff(abe, world.staff["sato"].pk, EndCause.MOVED)

        make_export(export.pk)

        assert [one.state for one in exports_at(abe)] == [ExportState.FAILED]
        assert Export.objects.get().pass_phrase_sealed is None
        assert kinds() == ["exports.ExportAsked", "exports.ExportFailed"]


def _again(export: Export) -> Export:
    fields = {one.attname: getattr(export, one.attname) for one in Export._meta.concrete_fields}
    return Export(**fields | {"id": uuid7()})


def _looked_again(pieces: Iterator[bytes]) -> Iterator[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("carestation.kernel.downloads.LOOK_SECONDS", 0.0)
        yield from pieces


class TestAsking:
    def test_one_at_a_time_is_made_for_a_person(self, world: World) -> None:
        desk = a_manager(world)
        asked(desk)

        with pytest.raises(Conflict, match="running"):
            asked(desk)

    @pytest.mark.parametrize(
        "phrase", ["short-but-varied-1", "a" * 40, "かがみのぬまにうつるつきのひかり", "x" * 101]
    )
    def test_a_weak_pass_phrase_is_refused(self, world: World, phrase: str) -> None:
        with pytest.raises(DomainError, match="weak_phrase"):
            ask_export(a_manager(world), a_wish(pass_phrase=phrase))

    def test_what_is_proposed_is_strong_and_never_twice(self) -> None:
        proposed = {new_phrase() for _ in range(50)}

        assert len(proposed) == 50
        assert all(is_strong(one) for one in proposed)

    def test_what_breaks_on_the_way_leaves_nothing_and_says_so(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = a_manager(world)
        export = asked(desk)
        monkeypatch.setattr(
            "carestation.exports.commands.making.encrypted_archive", lambda *_: iter([b"x", 1])
        )

        with pytest.raises(TypeError):
            make_as_it_stands(export)

        assert exports_at(desk)[0].state is ExportState.FAILED
        folder = Path(settings.BLOB_URL.partition("://")[2])
        assert list(folder.rglob(f"{export.pk.hex}*")) == []
        assert asked(desk).pk != export.pk

    def test_what_was_never_made_is_given_up(self, world: World) -> None:
        desk = a_manager(world)
        asked(desk)

        with clock_later(MADE_WITHIN.total_seconds() + 1):
            assert remove_what_is_over() == 0

        assert exports_at(desk)[0].state is ExportState.FAILED

    def test_what_a_killed_worker_left_is_made_by_the_next(self, world: World) -> None:
        export = asked(a_manager(world))
        waiting = ProcrastinateJob.objects.filter(task_name="exports.make")
        first = [(job.queue_name, job.args) for job in waiting]
        waiting.update(status="doing")

        with clock_later(11 * 60):
            remove_what_is_over()
            remove_what_is_over()

        assert first == [("long", {"export_id": str(export.pk)})]
        assert waiting.filter(status="todo").count() == 1

    def test_who_asked_can_remove_it_before_its_time(self, world: World) -> None:
        a_manager(world)
        export = a_made(world)

        remove_export(desk_of(world, "abe"), export.pk)

        assert exports_at(desk_of(world, "abe"))[0].removal == "asked"
        with pytest.raises(NotVisible):
            take_export(desk_of(world, "abe"), export.pk)


class TestLetters:
    def test_managers_are_told_and_who_asked_when_it_is_there(
        self, world: World, mailoutbox: list[EmailMessage]
    ) -> None:
        abe = a_manager(world)
        a_holder(world, abe, "sato", Right.EXPORT)
        export = asked(desk_of(world, "sato"))
        marks = {
            "actor_id": world.people["sato"].pk,
            "facility_id": world.facility.pk,
            "export_id": export.pk,
            "request_id": uuid7(),
        }

        followers.tell_managers_of_export([ExportAsked(**marks, extent=Extent.FACILITY)])
        followers.tell_asker_of_export([ExportMade(**marks)])

        jobs = ProcrastinateJob.objects.filter(task_name="accounts.mail_letter").order_by("id")
        told = [(job.args["user_id"], job.args["letter"]) for job in jobs]
        asked_by, manager = str(world.people["sato"].pk), str(world.people["abe"].pk)
        assert set(told[:-1]) == {(asked_by, "export_asked"), (manager, "export_asked")}
        assert told[-1] == (asked_by, "export_made")
        for user_id, letter in told:
            mail_letter(user_id=user_id, letter=letter)
        bodies = "".join(str(one.body) for one in mailoutbox)
        assert "データの書き出し" in bodies
        assert "夏の点検の前の控え" not in bodies
