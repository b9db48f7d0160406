"""What is typed at the entry and into one's own account stands nowhere in the clear."""

from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import RegistrationPurpose
from carestation.accounts.commands.bindings import bind_person
from carestation.accounts.commands.registrations import begin_registration
from carestation.accounts.models import AddressChange, Registration
from carestation.accounts.rules import Binding
from carestation.kernel.ids import uuid7
from tests.accounts.signing_in import sign_in_client
from tests.timeline.test_canary import everything_kept, forms_of
from tests.vault.opening import opened_everywhere
from tests.world import World

WORDS: Final = {
    "name": "カナリア名前kanaria1x",
    "kana": "かなりあよみかたkanaria2x",
    "address": "kanaria3x-of-an-address",
    "registered": "kanaria4x-of-a-registration",
    "facility": "カナリア施設kanaria5x",
    "agent": "Kanaria6x-Firefox/1",
}


@pytest.mark.control("8.24")
def test_no_word_of_the_account_is_found_where_it_is_kept(
    committed_world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(headers={"User-Agent": WORDS["agent"]})
    sign_in_client(client, committed_world.people["kato"])
    type_everywhere(committed_world, client)
    shown = client.get(reverse("accounts:account")).text

    opened_everywhere()
    kept = dict(everything_kept())
    said = (caplog.text + "".join(capsys.readouterr())).encode()

    assert WORDS["name"] in shown
    assert AddressChange.objects.count() == Registration.objects.count() == 1
    found = {
        (where, name)
        for name, word in WORDS.items()
        for where, data in (kept | {"the log": said}).items()
        for form in forms_of(word)
        if form in data
    }
    assert found == set()


def type_everywhere(world: World, client: Client) -> None:
    kato = world.people["kato"].pk
    own = {"name": WORDS["name"], "kana": WORDS["kana"]}
    answers = [
        client.post(reverse("accounts:profile"), own).status_code,
        client.post(
            reverse("accounts:address"), {"email": f"{WORDS['address']}@example.org"}
        ).status_code,
    ]
    assert answers == [302, 302]
    stranger = Client(headers={"User-Agent": WORDS["agent"]})
    stranger.post(
        reverse("accounts:sign_in"),
        {"email": "kato@tsukimizaka.example", "password": "wrong"},
    )
    begin_registration(
        None,
        f"{WORDS['registered']}@example.org",
        RegistrationPurpose.JOIN_FACILITY,
        subject_id=None,
        page="accounts:reset",
        request_id=uuid7(),
    )
    bind_person(world.actor("kato"), kato, Binding(facility_words=(WORDS["facility"],)))
