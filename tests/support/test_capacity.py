"""How many processes shall run: what the console takes, and what it refuses."""

import re

import pytest
from django.test import Client

from carestation.accounts.choices import Proof
from carestation.factlog.models import LoggedFact
from carestation.support.choices import Measured
from carestation.support.commands.readings import keep_readings
from carestation.support.models import Capacity
from carestation.support.rules import Wanted
from config.capacity import Shape
from tests.accounts.operating import an_operator
from tests.accounts.signing_in import sign_in_client
from tests.world import World

PAGE = "/console/capacity/"
SENT = {"web": "4", "threads": "4", "workers": "2"}


@pytest.fixture
def oka(world: World) -> Client:
    client = Client()
    sign_in_client(client, an_operator(), proof=Proof.PASSKEY)
    return client


@pytest.mark.control("8.6")
def test_what_is_decided_stands_there_and_in_the_log(oka: Client) -> None:
    answer = oka.post(PAGE, SENT)

    row = Capacity.objects.get()
    assert answer["Location"] == PAGE
    assert (row.web, row.threads, row.workers) == (4, 4, 2)
    told = LoggedFact.objects.get(kind="support.CapacityChanged")
    assert told.object_id == row.pk
    assert 'value="4"' in oka.get(PAGE).text


def test_the_same_numbers_once_more_change_nothing(oka: Client) -> None:
    for _ in range(2):
        oka.post(PAGE, SENT)

    assert Capacity.objects.count() == 1
    assert LoggedFact.objects.filter(kind="support.CapacityChanged").count() == 1


@pytest.mark.parametrize("wrong", [{"web": "0"}, {"web": "17"}, {"threads": ""}, {"workers": "5"}])
def test_what_no_machine_runs_is_refused_and_stays_as_typed(
    oka: Client, wrong: dict[str, str]
) -> None:
    answer = oka.post(PAGE, SENT | wrong)

    assert answer.status_code == 422
    assert not Capacity.objects.exists()
    name, value = next(iter(wrong.items()))
    typed = re.search(rf'<input[^>]*value="([^"]*)"[^>]*name="{name}"', answer.text)
    assert typed
    assert typed[1] == value


@pytest.mark.control("8.6")
def test_more_than_the_database_has_connections_for_is_refused(oka: Client) -> None:
    answer = oka.post(PAGE, SENT | {"web": "16", "threads": "16"})

    assert answer.status_code == 422
    assert "データベースの接続が足りません" in answer.text
    assert not Capacity.objects.exists()


@pytest.mark.control("8.6")
def test_each_machine_that_runs_takes_its_connections(oka: Client) -> None:
    sent = SENT | {"web": "8"}
    keep_readings("node-a", {Measured.WEB: 4.0})
    alone = oka.post(PAGE, sent | {"workers": "1"})
    keep_readings("node-b", {Measured.WEB: 4.0})
    two = oka.post(PAGE, sent)

    assert alone.status_code == 302
    assert two.status_code == 422
    assert "データベースの接続が足りません" in two.text


def test_how_many_run_is_what_the_watch_counted(oka: Client) -> None:
    before = oka.get(PAGE).text
    keep_readings("node-a", {Measured.WEB: 3.0})

    assert "まだ数えていません" in before
    assert "3個" in oka.get(PAGE).text


def test_what_fits_stays_and_no_number_in_use_is_used_anew() -> None:
    begun = Shape(web={1: 4, 2: 4}, workers=1)

    assert begun.become(3, 4, 1).web == {1: 4, 2: 4, 3: 4}
    assert begun.become(1, 4, 2) == Shape(web={1: 4}, workers=2)
    assert begun.become(2, 8, 1).web == {3: 8, 4: 8}
    assert begun.become(2, 4, 1) == begun


def test_while_processes_are_exchanged_both_have_their_connections() -> None:
    one, four = (Wanted(web=web, threads=4, workers=1).connections for web in (1, 4))

    assert four - one == 3 * 2 * 5


def test_workers_live_and_the_watch_have_theirs_too() -> None:
    assert Wanted(web=1, threads=1, workers=2).connections == 4 + 10 + 3 + 1
