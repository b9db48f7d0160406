"""What is typed at a desk, and of a facility that registers itself, stands nowhere in the clear."""

from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from carestation.accounts.choices import Proof
from carestation.facilities.models.facilities import FacilityApplication
from carestation.facilities.models.staff import StaffInvitation
from tests.accounts.operating import an_operator
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager, shown_on
from tests.facilities.test_applications import TYPED
from tests.timeline.test_canary import everything_kept, forms_of
from tests.vault.opening import opened_everywhere
from tests.world import World

WORDS: Final = {
    "invited": "カナリア招待kanaria1x",
    "invitee": "kanaria2x-of-an-invitation",
    "listed": "カナリア一覧kanaria3x",
    "name": "カナリア施設kanaria4x",
    "kana": "かなりあよみkanari11x",
    "address": "カナリア所在地kanaria5x",
    "contact": "カナリア連絡先kanaria6x",
    "applicant": "kanaria7x-of-an-applicant",
    "role": "カナリア権限kanari10x",
    "searched": "カナリア検索kanaria8x",
    "reason": "カナリア理由kanaria9x",
    "sought": "カナリア施設検索kanaria0x",
}


@pytest.mark.control("8.24")
def test_no_word_of_a_facility_is_found_where_it_is_kept(
    committed_world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    a_manager(committed_world)
    client = Client()
    sign_in_client(client, committed_world.people["abe"])
    type_everywhere(committed_world, client)
    place = [committed_world.facility.pk]
    shown = client.get(reverse("facilities:invitations", args=place)).text
    table = client.get(reverse("groups:rights", args=place)).text

    opened_everywhere()
    kept = dict(everything_kept())
    said = (caplog.text + "".join(capsys.readouterr())).encode()

    assert WORDS["invited"] in shown
    assert WORDS["listed"] in shown
    assert WORDS["role"] in table
    assert (StaffInvitation.objects.count(), FacilityApplication.objects.count()) == (2, 1)
    found = {
        (where, name)
        for name, word in WORDS.items()
        for where, data in (kept | {"the log": said}).items()
        for form in forms_of(word)
        if form in data
    }
    assert found == set()


def type_everywhere(world: World, client: Client) -> None:
    place = [world.facility.pk]
    one = {"email": f"{WORDS['invitee']}@example.org", "name": WORDS["invited"]}
    text = f"メールアドレス,名前,職種,権限\r\nb@example.org,{WORDS['listed']},看護師,\r\n"
    told = {name: WORDS[name] for name in ("name", "kana", "address", "contact")}
    told |= {"email": f"{WORDS['applicant']}@example.org"}
    new_role = reverse("facilities:new_role", args=place)
    role = {"version": 0, "name": WORDS["role"], "rights": ["invite_staff"]}
    answers = [
        client.post(
            reverse("facilities:invitations", args=place),
            one | {"profession": "nurse", "role": "member"},
        ).status_code,
        client.post(reverse("facilities:invite_listed", args=place), {"text": text}).status_code,
        client.post(new_role, role | shown_on(client.post(new_role, role).text)).status_code,
        Client().post(reverse("facilities:apply"), TYPED | told).status_code,
    ]
    assert answers == [302, 302, 302, 302]
    operate(world)
    sign_in_client(client, world.people["abe"])
    client.get(reverse("facilities:staff", args=place), {"words": WORDS["searched"]})


def operate(world: World) -> None:
    operator = Client()
    sign_in_client(operator, an_operator(), proof=Proof.PASSKEY)
    operator.get(reverse("support:console"), {"words": WORDS["sought"]})
    for ruling in ("freeze", "unfreeze"):
        path = reverse("groups:rule_facility", args=[world.facility.pk, ruling])
        assert operator.post(path, {"reason": WORDS["reason"]}).status_code == 302
    page = operator.get(reverse("groups:facility", args=[world.facility.pk]))
    assert WORDS["reason"] in page.text
