"""A list of people to invite: read as office programs write it, shown, and only then sent."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from hypothesis import given, settings
from hypothesis import strategies as st

from carestation.accounts.choices import Proof
from carestation.facilities.choices import Right
from carestation.facilities.commands.roles import NewRole, make_role
from carestation.facilities.forms.invitations import MOST_ROWS, ListForm
from carestation.facilities.models.staff import StaffInvitation
from tests.accounts.signing_in import sign_in_client
from tests.facilities.people import a_manager, desk_of
from tests.world import World

HEAD = "メールアドレス,名前,職種,権限\r\n"
TWO = HEAD + "a@example.org,林 さくら,看護師,施設の管理者\r\nb@example.org,,介護支援専門員,\r\n"


def read(raw: bytes) -> ListForm:
    file = SimpleUploadedFile("list.csv", raw, "text/csv")
    return ListForm({}, MultiValueDict({"file": [file]}))


@pytest.fixture
def abe(world: World) -> Client:
    a_manager(world)
    client = Client()
    sign_in_client(client, world.people["abe"], proof=Proof.TOTP)
    return client


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_list_is_read_as_office_programs_write_it(encoding: str) -> None:
    form = read(TWO.encode(encoding))

    assert form.is_valid()
    invited = [row.invited for row in form.rows]
    assert [(one.email, one.profession, one.role) for one in invited if one] == [
        ("a@example.org", "nurse", "manager"),
        ("b@example.org", "care_manager", "member"),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a@example,林,看護師,", "メールアドレスの形"),
        ("root@localhost,林,看護師,", "メールアドレスの形"),
        ("=1+1@example.org,林,看護師,", "使えない文字"),
        ("+1@example.org,林,看護師,", "使えない文字"),
        ("-1+1@example.org,林,看護師,", "使えない文字"),
        ("a@example.org,=HYPERLINK(1),看護師,", "使えない文字"),
        ("a@example.org,+81,看護師,", "使えない文字"),
        ("a@example.org,\u200b=1+1,看護師,", "使えない文字"),
        ("a@example.org,＝1+1,看護師,", "使えない文字"),
        ("a@example.org,林\x00,看護師,", "使えない文字"),
        ("a@example.org,林,占い師,", "職種の名前"),
        ("a@example.org,林,看護師,院長", "権限は"),
    ],
)
def test_a_row_says_what_is_wrong_with_it(row: str, said: str) -> None:
    form = read((HEAD + row).encode())

    assert form.is_valid()
    assert said in " ".join(form.rows[0].problems)
    assert form.rows[0].invited is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00\x81",
        HEAD.encode(),
        "名前,メール\r\n林,a@example.org".encode(),
        (HEAD + '"a@example.org,林').encode(),
        f"{HEAD.rstrip()},権限\r\na@example.org,林,看護師,一般ユーザー,施設の管理者".encode(),
        (HEAD + "a@example.org,林,看護師,\r\n" * (MOST_ROWS + 1)).encode(),
        b"x" * 400_000,
    ],
)
def test_what_is_no_such_list_is_refused_whole(raw: bytes) -> None:
    assert not read(raw).is_valid()


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: (HEAD + text).encode()))
@settings(max_examples=150, deadline=None)
def test_whatever_is_handed_in_is_read_or_refused(raw: bytes) -> None:
    form = read(raw)

    if form.is_valid():
        assert all(bool(row.invited) != bool(row.problems) for row in form.rows)


@pytest.mark.control("5.16")
def test_a_list_is_shown_first_and_sent_by_a_second_step(world: World, abe: Client) -> None:
    place = [world.facility.pk]
    file = SimpleUploadedFile("list.csv", TWO.encode("cp932"), "text/csv")

    shown = abe.post(reverse("facilities:list", args=place), {"file": file})
    before = StaffInvitation.objects.count()
    found = re.search(r'name="text" value="([^"]+)"', shown.content.decode())
    assert found is not None
    sent = abe.post(reverse("facilities:invite_listed", args=place), {"text": unescape(found[1])})

    assert "2人を招待できます。" in shown.content.decode()
    assert (before, StaffInvitation.objects.count()) == (0, 2)
    assert sent.status_code == 302


@pytest.mark.control("5.16")
def test_one_wrong_row_and_nobody_is_invited(world: World, abe: Client) -> None:
    text = TWO + "kato@tsukimizaka.example,加藤 恵子,看護師,\r\n"

    answer = abe.post(reverse("facilities:invite_listed", args=[world.facility.pk]), {"text": text})

    assert answer.status_code == 422
    assert "もうこの施設のスタッフです。" in answer.content.decode()
    assert not StaffInvitation.objects.exists()


def test_five_hundred_are_invited_at_once(world: World, abe: Client) -> None:
    rows = "".join(f"n{number}@example.org,林 {number},看護師,\r\n" for number in range(MOST_ROWS))

    answer = abe.post(
        reverse("facilities:invite_listed", args=[world.facility.pk]), {"text": HEAD + rows}
    )

    assert answer.status_code == 302
    assert StaffInvitation.objects.count() == MOST_ROWS


def test_what_was_typed_stays_where_an_address_is_refused(world: World, abe: Client) -> None:
    typed = {
        "email": "kato@tsukimizaka.example",
        "name": "加藤 恵子",
        "profession": "nurse",
        "role": "member",
    }

    answer = abe.post(reverse("facilities:invitations", args=[world.facility.pk]), typed)

    assert answer.status_code == 422
    body = answer.content.decode()
    assert "もうこの施設のスタッフです。" in body
    assert 'value="kato@tsukimizaka.example"' in body


def test_a_list_can_name_a_role_of_the_facilitys_own(world: World, abe: Client) -> None:
    role = make_role(
        desk_of(world, "abe"), NewRole(name="名簿の係", rights=frozenset({Right.SEE_STAFF}))
    )
    text = HEAD + "a@example.org,,看護師,名簿の係\r\nb@example.org,,看護師,\r\n"
    place = [world.facility.pk]

    wrong = abe.post(
        reverse("facilities:list", args=place), {"text": text.replace("名簿の係", "知らない係")}
    )
    answer = abe.post(reverse("facilities:invite_listed", args=place), {"text": text})

    assert (wrong.status_code, "権限の組の名前にしてください" in wrong.text) == (422, True)
    assert answer.status_code == 302
    own = StaffInvitation.objects.order_by("id").values_list("custom_role_id", flat=True)
    assert list(own) == [role.pk, None]
