"""What operators did, as they read it: nothing of it is missing there."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from carestation.accounts.choices import Proof
from carestation.accounts.models import User
from carestation.accounts.rules import Console
from carestation.audit.choices import OPERATED, Act
from carestation.audit.queries.acts import PAGE_SIZE, operator_acts
from carestation.facilities.commands.storage import change_limit
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.support.choices import Command
from carestation.support.commands.capacity import change_capacity
from carestation.support.commands.operators import review_operators
from carestation.support.commands.outages import Telling, change_outage, open_outage
from carestation.support.commands.typed import Typist, note_command
from carestation.support.queries.operators import mark_of_operators
from carestation.support.rules import Wanted
from carestation.timeline.commands.posts import publish_post
from carestation.vault.choices import Level
from carestation.vault.erasing import erase_scope
from carestation.vault.rotation import begin_rotation
from config import probes
from tests.accounts.operating import a_console
from tests.accounts.people import clock_at
from tests.accounts.signing_in import sign_in_client
from tests.audit.sealed import enter_all
from tests.world import World, a_draft

# Nobody does it: a clock stands at the watch and beside each line of that time, and what becomes of
# keys follows from a command whose typist stands there.
BY_ITSELF: Final = {
    Act.SUPPORT_CLOCK_DOUBTED,
    Act.SUPPORT_CLOCK_TRUSTED,
    Act.VAULT_GROUP_KEYS_TURNED,
    Act.VAULT_ROTATION_ENDED,
    Act.VAULT_SHARES_REHEARSED,
}


@pytest.mark.control("8.15")
def test_whatever_operators_or_commands_do_has_a_place_among_the_acts_of_operators() -> None:
    done = {act for act in Act if act.startswith(("support.", "vault."))}

    assert done - OPERATED == BY_ITSELF


def everything_done(world: World, console: Console) -> None:
    now = timezone.now()
    telling = Telling(title="写真が開けません", began_at=now - timedelta(hours=2))
    change_capacity(console, Wanted(web=4, threads=4, workers=2))
    review_operators(console, mark=mark_of_operators())
    outage_id = open_outage(console, telling)
    change_outage(console, outage_id, Telling(title="写真", began_at=telling.began_at))
    over = Telling(title="写真", began_at=telling.began_at, ended_at=now - timedelta(hours=1))
    change_outage(console, outage_id, over)
    probes.begin(console)
    probes.end(console)
    change_limit(console, world.facility.pk, 1 << 30)
    begin_rotation(console.actor, Level.SCOPE, world.group.pk)
    for scope_id in (world.group.pk, world.people["ueda"].pk):
        erase_scope(console.actor, scope_id)


@pytest.mark.control("8.2")
def test_all_that_an_operator_does_is_read_with_their_name(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.ERASED_URL = f"file://{tmp_path}/erased.jsonl"
    console = a_console()
    everything_done(world, console)
    enter_all()

    acts = {one.what: one for one in operator_acts(console, None).acts}

    for act in OPERATED:
        if act.startswith(("support.", "vault.")) and act != Act.SUPPORT_COMMAND_TYPED:
            assert acts[act.label].who == "運営 さくら", act
    limit = acts[Act.FACILITIES_STORAGE_LIMIT_CHANGED.label]
    assert (limit.who, limit.facility) == ("運営 さくら", world.facility.name)


@pytest.mark.control("8.15")
def test_operators_take_their_record_away_as_it_is_shown_and_that_stands_in_it(
    world: World,
) -> None:
    console, client = a_console(), Client()
    sign_in_client(client, User.objects.get(pk=console.actor.user_id), proof=Proof.PASSKEY)
    publish_post(world.seat("kato", Side.PROFESSIONAL), a_draft())
    note_command(Typist(name="=1+1", account="kato", reason="索引, 古い"), Command.SEARCH)
    enter_all()
    shown = operator_acts(console, None)
    where = reverse("audit:acts_extract")

    table, lines = client.get(where, {"form": "csv"}), client.get(where, {"form": "jsonl"})
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    told = [json.loads(line) for line in lines.content.splitlines()]

    assert [int(row["番号"]) for row in rows] == [one.number for one in shown.acts]
    assert [one["number"] for one in told] == [one.number for one in shown.acts]
    assert (rows[0]["だれが"], rows[0]["コマンド"]) == ("'=1+1", "検索の索引をつくり直す")
    assert (rows[0]["サーバーの利用者"], rows[0]["理由"]) == ("kato", "索引, 古い")
    assert (told[0]["who"], told[0]["reason"], told[0]["account"]) == ("=1+1", "索引, 古い", "kato")
    assert told[0]["at"].endswith("+09:00")
    assert "attachment" in table.headers["Content-Disposition"]
    assert LoggedFact.objects.filter(kind="audit.ActsExtracted").count() == 2
    older = client.get(where, {"before": str(shown.acts[0].number), "form": "jsonl"})
    assert len(older.content.splitlines()) == len(shown.acts) - 1


def test_an_extract_is_of_so_many_at_the_most_and_asks_no_more_for_many(world: World) -> None:
    console = a_console()
    for number in range(PAGE_SIZE + 2):
        note_command(Typist(name=f"{number}", account="root", reason=""), Command.SEARCH)
    enter_all()

    with CaptureQueriesContext(connection) as few:
        page = operator_acts(console, None, most=2)
    with CaptureQueriesContext(connection) as many:
        everything = operator_acts(console, None, most=1_000)

    assert [one.who for one in page.acts] == [str(PAGE_SIZE + 1), str(PAGE_SIZE)]
    assert page.before == page.acts[-1].number
    assert len(everything.acts) > PAGE_SIZE + 2
    assert len(many) == len(few)


@pytest.mark.control("8.2")
def test_a_proof_that_is_old_takes_nothing_away(world: World) -> None:
    console, client = a_console(), Client()
    sign_in_client(client, User.objects.get(pk=console.actor.user_id), proof=Proof.PASSKEY)
    where = reverse("audit:acts_extract")

    with clock_at(timezone.now() + timedelta(minutes=11)):
        led_away = client.get(where)

    assert client.get(where).status_code == 200
    assert led_away.status_code == 302


@pytest.mark.parametrize("before", ["x", "-1", "９", "9" * 30, "9" * 5_000])
def test_a_place_in_the_record_that_cannot_be_is_none(world: World, before: str) -> None:
    console, client = a_console(), Client()
    sign_in_client(client, User.objects.get(pk=console.actor.user_id), proof=Proof.PASSKEY)

    answer = client.get(reverse("audit:acts"), {"before": before})

    assert answer.status_code == 200
