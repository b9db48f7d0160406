"""What is typed at the machine says who types it and why; what is not said stands there as such."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.accounts.models import User
from carestation.factlog.models import LoggedFact
from carestation.kernel.ids import uuid7
from carestation.support.choices import Command
from carestation.support.commands.typed import Typist, note_command
from carestation.support.models import TypedCommand
from carestation.support.queries.typed import typed_at_machine
from config import keyring, saying
from config.cli import main
from tests.accounts.operating import a_console
from tests.accounts.signing_in import sign_in_client
from tests.audit.sealed import enter_all
from tests.vault.test_erasures import room_for

pytestmark = [pytest.mark.django_db, pytest.mark.control("8.18")]
NAME, WHY = "加藤 恵子", "索引が古いままのため"


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saying, "surroundings", lambda: {"SUDO_USER": "kato"})


def test_it_is_said_with_the_command_and_read_by_operators_alone() -> None:
    assert main(["search", "--rebuild", "--as", NAME, "--because", WHY]) == 0

    fact = LoggedFact.objects.get(kind="support.CommandTyped")
    told = typed_at_machine(a_console(), [fact.object_id])[fact.object_id]
    assert (told.name, told.account, told.reason) == (NAME, "kato", WHY)
    assert fact.detail == {"command": "search"}


def test_what_only_reads_leaves_nothing() -> None:
    assert main(["search", "--as", NAME, "--because", WHY]) == 0

    assert not TypedCommand.objects.exists()
    assert not LoggedFact.objects.filter(kind="support.CommandTyped").exists()


def test_the_keys_say_it_too_where_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "work_as", lambda _: None)  # it is this process's own connection
    main(["keys", "list"])
    assert not TypedCommand.objects.exists()

    main(["keys", "rotate", "--level", "facility", "--of", str(uuid7()), "--because", WHY])

    assert LoggedFact.objects.get(kind="support.CommandTyped").detail == {"command": "keys rotate"}


def test_an_operator_reads_it_in_the_record() -> None:
    console, client = a_console(), Client()
    note_command(Typist(name=NAME, account="kato", reason=WHY), Command.KEYS_ROTATE)
    note_command(Typist(name="", account="root", reason=""), Command.FILES)
    enter_all()
    sign_in_client(client, User.objects.get(pk=console.actor.user_id), proof=Proof.PASSKEY)

    page = client.get(reverse("audit:acts")).content.decode()

    said, silent = page.index(NAME), page.index("名乗りなし")
    assert silent < said  # the newest first
    assert "本人の申告。サーバーの利用者：<bdi>kato" in page
    assert "サーバーでコマンドを使った：鍵を替える" in page
    assert f"理由：<bdi>{WHY}" in page
    assert "サーバーの利用者：<bdi>root" in page[silent:said]
    assert "理由：<bdi>記入なし" in page[silent:said]


def test_what_was_typed_while_nothing_ran_stands_there_from_the_next_start(tmp_path: Path) -> None:
    console, client = a_console(), Client()
    options = argparse.Namespace(typist=NAME, because=WHY)
    saying.leave_who(options, Command.KEYS_RECOVER, tmp_path)
    saying.leave_who(options, Command.KEYS_RECOVER, tmp_path)

    saying.put_down_who(tmp_path)
    saying.put_down_who(tmp_path)

    enter_all()
    sign_in_client(client, User.objects.get(pk=console.actor.user_id), proof=Proof.PASSKEY)
    page = client.get(reverse("audit:acts")).content.decode()
    assert page.count("サーバーでコマンドを使った：鍵を控えから戻す") == 2
    assert page.count("に使い、起動のときに記録しました。") == 2
    assert f"理由：<bdi>{WHY}" in page
    assert NAME in page


@pytest.mark.parametrize("lacking", [120, 34, 3, 2])
def test_a_line_that_a_full_disk_broke_off_is_not_put_down_and_keeps_nobody_from_starting(
    tmp_path: Path, lacking: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One length for both lines: a second is written with six digits at times, at times with fewer.
    monkeypatch.setattr(saying, "time", SimpleNamespace(time=lambda: 1_790_000_000.25))
    options = argparse.Namespace(typist=NAME, because=WHY)
    saying.leave_who(options, Command.KEYS_RECOVER, tmp_path)
    waiting = tmp_path / saying.WAITING

    with room_for(2 * waiting.stat().st_size - lacking), pytest.raises(OSError, match="too large"):
        saying.leave_who(options, Command.KEYS_RECOVER, tmp_path)
    saying.leave_who(options, Command.KEYS_RECOVER, tmp_path)
    saying.put_down_who(tmp_path)

    assert LoggedFact.objects.filter(kind="support.CommandTyped").count() == 2
    assert not waiting.exists()


def test_what_was_refused_stands_there_too() -> None:
    refused = main(["operators", "--as", "nobody@example.jp", "--end", "other@example.jp"])

    fact = LoggedFact.objects.get(kind="support.CommandTyped")
    told = typed_at_machine(a_console(), [fact.object_id])[fact.object_id]
    assert refused == 1
    assert (told.name, told.reason) == ("nobody@example.jp", "")


@pytest.mark.control("8.24")
def test_a_thief_of_the_table_reads_no_name_and_no_reason() -> None:
    note_command(Typist(name=NAME, account="kato", reason=WHY), Command.KEYS_ROTATE)

    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text, f::text FROM support_typedcommand t, factlog_loggedfact f")
        dump = str(cursor.fetchall())
        kept = b"".join(
            bytes(row.name_sealed) + bytes(row.account_sealed) + bytes(row.reason_sealed)
            for row in TypedCommand.objects.all()
        )
    for word in (NAME, "kato", WHY):
        assert word not in dump
        assert word.encode() not in kept
        assert word.encode().hex() not in dump


def test_the_account_is_known_also_without_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saying, "surroundings", dict)
    monkeypatch.setattr("pwd.getpwuid", lambda _: (_ for _ in ()).throw(KeyError))
    monkeypatch.setattr("os.getuid", lambda: 4711)

    assert main(["search", "--rebuild"]) == 0

    (row,) = TypedCommand.objects.all()
    assert typed_at_machine(a_console(), [row.pk])[row.pk].account == "4711"
