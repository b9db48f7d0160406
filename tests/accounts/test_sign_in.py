"""Signing in, and being refused: one answer, one effort, and brakes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from carestation.accounts.choices import Standing
from carestation.accounts.commands.brakes import count_sign_in
from carestation.accounts.commands.factors import give_fixed_secret
from carestation.accounts.commands.people import end_person
from carestation.accounts.commands.sessions import Where
from carestation.accounts.commands.sign_in import (
    WrongCode,
    WrongSignIn,
    reopen_with_password,
    sign_in,
    sign_in_program,
    take_second_step,
)
from carestation.accounts.gate.hasher import PepperedArgon2
from carestation.accounts.models import Brake, Session, User
from carestation.accounts.queries.sessions import find_entry
from carestation.accounts.rules import network_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import NotVisible, Refused, TooMany
from carestation.kernel.ids import uuid7
from tests.accounts.people import (
    ADDRESS,
    BROWSER,
    ELSEWHERE,
    PASSWORD,
    SECRET,
    SYSTEM,
    a_person,
    acting,
    clock_at,
    clock_later,
    code_now,
)

UNKNOWN = "nobody@tsukimizaka.example"
pytestmark = pytest.mark.django_db


WRONG = "wrong"


def refusal(email: str, password: str = WRONG, where: Where = BROWSER) -> WrongSignIn:
    with pytest.raises(WrongSignIn) as refused:
        sign_in(email, password, where, request_id=uuid7())
    return refused.value


@pytest.fixture
def hashes() -> Iterator[list[str]]:
    """How often a password was hashed: what costs time, and could tell."""
    done: list[str] = []
    encode, verify = PepperedArgon2.encode, PepperedArgon2.verify

    def counted_encode(self: PepperedArgon2, password: str, salt: str) -> str:
        done.append("encode")
        return encode(self, password, salt)

    def counted_verify(self: PepperedArgon2, password: str, encoded: str) -> bool:
        done.append("verify")
        return verify(self, password, encoded)

    with (
        mock.patch.object(PepperedArgon2, "encode", counted_encode),
        mock.patch.object(PepperedArgon2, "verify", counted_verify),
    ):
        yield done


def test_the_family_is_in_with_a_password() -> None:
    user = a_person(is_professional=False)

    opened = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    entry = find_entry(opened.token)
    assert entry is not None
    assert (entry.user_id, entry.standing) == (user.pk, Standing.FULL)
    fact = LoggedFact.objects.get(kind="accounts.SignedIn")
    assert (fact.actor_id, fact.object_id) == (user.pk, opened.session_id)


@pytest.mark.parametrize(
    "typed", [ADDRESS.upper(), f" {ADDRESS} ", "ｈａｙａｓｈｉ＠tsukimizaka.example"]
)
def test_an_address_is_known_however_it_is_typed(typed: str) -> None:
    a_person(is_professional=False)

    assert sign_in(typed, PASSWORD, BROWSER, request_id=uuid7()).token


def test_whoever_has_a_factor_is_half_in_until_its_code() -> None:
    a_person(secret=SECRET)

    half = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    whole = take_second_step(acting(half), code_now())

    assert half.is_half
    assert find_entry(half.token) is None
    entry = find_entry(whole.token)
    assert entry is not None
    assert entry.standing is Standing.FULL
    kinds = list(LoggedFact.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["accounts.PasswordAccepted", "accounts.SignedIn"]


@pytest.mark.control("5.17")
def test_every_wrong_sign_in_is_one_answer_after_one_hash(hashes: list[str]) -> None:
    a_person()
    gone = a_person("gone@tsukimizaka.example")
    end_person(SYSTEM, gone.pk)
    hashes.clear()
    answers, efforts = set(), set()

    for email, password in (
        (ADDRESS, "wrong"),
        (UNKNOWN, PASSWORD),
        ("gone@tsukimizaka.example", PASSWORD),
        ("", ""),
        (ADDRESS, "x" * 100_000),
        (f"\ud800{UNKNOWN}", "\ud800"),
    ):
        error = refusal(email, password, ELSEWHERE)
        answers.add((error.status, error.reason))
        efforts.add(len(hashes))
        hashes.clear()

    assert (len(answers), efforts) == (1, {1})


def test_someone_without_a_password_is_refused_with_the_same_effort(hashes: list[str]) -> None:
    user = a_person()
    User.objects.filter(pk=user.pk).update(password="!")
    hashes.clear()

    refusal(ADDRESS, PASSWORD)

    assert len(hashes) == 1


@pytest.mark.control("8.5")
@pytest.mark.parametrize("email", [ADDRESS, UNKNOWN])
def test_five_wrong_ones_brake_an_account_whether_or_not_it_is_there(email: str) -> None:
    a_person()

    left = [refusal(email).tries_left for _ in range(5)]
    with pytest.raises(TooMany) as braked:
        sign_in(email, PASSWORD, BROWSER, request_id=uuid7())

    assert left == [4, 3, 2, 1, 0]
    assert 890 <= braked.value.retry_after_seconds <= 900


def test_an_account_is_braked_from_however_many_networks_it_is_tried() -> None:
    a_person(is_professional=False)
    for number in range(5):
        refusal(ADDRESS, where=replace(BROWSER, address=f"203.0.{number}.7"))

    with pytest.raises(TooMany):
        sign_in(ADDRESS, PASSWORD, ELSEWHERE, request_id=uuid7())


def test_the_brake_lets_go_after_a_quarter_of_an_hour() -> None:
    a_person(is_professional=False)
    with clock_later(0) as last:
        for _ in range(5):
            refusal(ADDRESS)

    with clock_at(last + timedelta(seconds=15 * 60 - 1)), pytest.raises(TooMany):
        sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    with clock_at(last + timedelta(minutes=15)):
        assert sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7()).token


@pytest.mark.control("8.17")
def test_a_brake_of_a_clock_that_was_ahead_lets_go_when_that_is_set_back() -> None:
    a_person(is_professional=False)
    with clock_later(7200) as ahead:
        for _ in range(5):
            refusal(ADDRESS)
        with pytest.raises(TooMany):
            sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    with clock_at(ahead - timedelta(hours=2)):
        left = refusal(ADDRESS).tries_left
        token = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7()).token

    assert left == 4
    assert token


def test_a_right_one_wipes_the_count_out() -> None:
    a_person(is_professional=False)
    for _ in range(4):
        refusal(ADDRESS)

    sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    assert refusal(ADDRESS).tries_left == 4


def test_a_network_that_tries_many_addresses_is_braked() -> None:
    a_person(is_professional=False)
    for number in range(30):
        refusal(f"guess{number}@example.jp")

    with pytest.raises(TooMany):
        sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    assert sign_in(ADDRESS, PASSWORD, ELSEWHERE, request_id=uuid7()).token


def test_a_clinic_that_signs_in_in_the_morning_is_not_braked() -> None:
    a_person(is_professional=False)

    for _ in range(40):
        sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    assert Session.objects.count() == 40


def test_a_clinic_of_people_who_mistype_and_come_in_is_not_braked() -> None:
    people = [f"staff{number}@example.jp" for number in range(12)]
    for email in people:
        a_person(email, is_professional=False)

    for email in people:
        for _ in range(3):
            refusal(email)
        sign_in(email, PASSWORD, BROWSER, request_id=uuid7())

    assert Session.objects.count() == 12


def test_who_owns_an_account_washes_no_guesses_at_others_off() -> None:
    a_person(is_professional=False)
    for number in range(25):
        refusal(f"guess{number}@example.jp")
    for _ in range(4):
        refusal(ADDRESS, where=ELSEWHERE)

    sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    for number in range(25, 30):
        refusal(f"guess{number}@example.jp")

    with pytest.raises(TooMany):
        sign_in("guess30@example.jp", WRONG, BROWSER, request_id=uuid7())


def test_under_attack_from_everywhere_each_network_has_few_tries() -> None:
    a_person(is_professional=False)
    refusal(ADDRESS, where=ELSEWHERE)
    count_sign_in(b"x" * 32, "203.0.113.1")
    Brake.objects.filter(count__gte=2).update(count=5_000)

    for number in range(2):
        refusal(f"guess{number}@example.jp")
    refusal("guess2@example.jp")
    with pytest.raises(TooMany):
        sign_in("guess3@example.jp", PASSWORD, BROWSER, request_id=uuid7())
    assert sign_in(
        ADDRESS,
        PASSWORD,
        Where(kind=BROWSER.kind, device=BROWSER.device, address="198.51.100.77"),
        request_id=uuid7(),
    ).token


def test_a_braked_guesser_does_not_fill_the_log() -> None:
    a_person()
    for _ in range(5):
        refusal(ADDRESS)

    for _ in range(10):
        with pytest.raises(TooMany):
            sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    refused = LoggedFact.objects.filter(kind="accounts.SignInRefused")
    assert [fact.detail["reason"] for fact in refused.order_by("id")] == [
        *["password"] * 5,
        "braked",
    ]


@pytest.mark.control("8.15")
def test_a_refusal_is_in_the_log_without_a_word_of_what_was_typed() -> None:
    user = a_person()

    refusal(ADDRESS, "kanarienvogel")
    refusal(UNKNOWN, "kanarienvogel")

    known, unknown = LoggedFact.objects.filter(kind="accounts.SignInRefused").order_by("id")
    assert known.detail == {"person_id": str(user.pk), "reason": "password"}
    assert unknown.detail == {"reason": "password"}


def test_wrong_codes_are_braked_and_told() -> None:
    a_person(secret=SECRET)
    half = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    left = []
    for _ in range(5):
        with pytest.raises(WrongCode) as refused:
            take_second_step(acting(half), "000000")
        left.append(refused.value.tries_left)
    with pytest.raises(TooMany):
        take_second_step(acting(half), code_now())

    assert left == [4, 3, 2, 1, 0]
    assert LoggedFact.objects.filter(kind="accounts.SignInRefused").count() == 5


def test_a_code_sent_twice_is_refused_but_no_guess() -> None:
    a_person(secret=SECRET)
    code = code_now()
    first = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    take_second_step(acting(first), code)

    for _ in range(10):
        half = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
        with pytest.raises(WrongCode) as refused:
            take_second_step(acting(half), code)
        assert refused.value.tries_left is None
    with clock_later(31):
        half = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
        assert take_second_step(acting(half), code_now()).token


def test_this_machine_itself_is_no_network_that_could_be_braked() -> None:
    a_person(is_professional=False)
    here = Where(kind=BROWSER.kind, device=BROWSER.device, address="::1")

    for number in range(40):
        refusal(f"guess{number}@example.jp", where=here)

    assert sign_in(ADDRESS, PASSWORD, here, request_id=uuid7()).token


def test_a_program_signs_in_all_at_once() -> None:
    a_person(secret=SECRET)

    with pytest.raises(Refused) as due:
        sign_in_program(ADDRESS, PASSWORD, "", BROWSER, request_id=uuid7())
    with pytest.raises(WrongSignIn):
        sign_in_program(ADDRESS, PASSWORD, "000000", BROWSER, request_id=uuid7())
    opened = sign_in_program(ADDRESS, PASSWORD, code_now(), BROWSER, request_id=uuid7())

    assert due.value.reason == "second_factor"
    entry = find_entry(opened.token)
    assert entry is not None
    assert entry.standing is Standing.FULL


def test_a_program_of_the_family_needs_no_code() -> None:
    a_person(is_professional=False)

    assert sign_in_program(ADDRESS, PASSWORD, "", BROWSER, request_id=uuid7()).token


def test_a_program_that_sends_a_code_twice_is_refused_but_no_guesser() -> None:
    a_person(secret=SECRET)
    code = code_now()
    sign_in_program(ADDRESS, PASSWORD, code, BROWSER, request_id=uuid7())

    for _ in range(8):
        with pytest.raises(WrongSignIn):
            sign_in_program(ADDRESS, PASSWORD, code, BROWSER, request_id=uuid7())


def test_whoever_ended_opens_nothing_again() -> None:
    user = a_person(is_professional=False)
    opened = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())
    end_person(SYSTEM, user.pk)

    with pytest.raises(NotVisible):
        reopen_with_password(acting(opened), PASSWORD)
    with pytest.raises(NotVisible):
        give_fixed_secret(user.pk, SECRET)


def test_an_address_that_is_none_is_one_network_like_any() -> None:
    nowhere = Where(kind=BROWSER.kind, device=BROWSER.device, address="nowhere")

    assert refusal(UNKNOWN, where=nowhere).tries_left == 4


def test_a_professional_without_a_factor_has_no_program() -> None:
    a_person()

    with pytest.raises(Refused):
        sign_in_program(ADDRESS, PASSWORD, "", BROWSER, request_id=uuid7())

    assert not Session.objects.exists()


def test_opening_again_takes_the_own_password_and_is_braked() -> None:
    a_person(is_professional=False)
    opened = sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    for _ in range(5):
        with pytest.raises(WrongSignIn):
            reopen_with_password(acting(opened), "wrong")
    with pytest.raises(TooMany):
        reopen_with_password(acting(opened), PASSWORD)


def test_every_session_has_a_token_of_its_own() -> None:
    a_person(is_professional=False)

    tokens = {sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7()).token for _ in range(20)}

    assert len(tokens) == 20


def test_a_hash_of_another_cost_is_made_anew_at_the_next_sign_in() -> None:
    user = a_person(is_professional=False)
    before = user.password
    with mock.patch("tests.hashers.QuickArgon2.time_cost", 2):
        sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7())

    user.refresh_from_db()
    assert "t=1," in before
    assert "t=2," in user.password
    assert sign_in(ADDRESS, PASSWORD, BROWSER, request_id=uuid7()).token


@pytest.mark.control("5.17")
def test_passwords_cost_what_the_white_paper_says() -> None:
    encoded = PepperedArgon2().encode(PASSWORD, "saltsaltsaltsalt")

    algorithm, kind, version, cost = encoded.split("$")[:4]
    assert (algorithm, kind, version) == ("argon2", "argon2id", "v=19")
    memory, times, _ = (int(part.split("=")[1]) for part in cost.split(","))
    assert memory >= 19_456
    assert times >= 2


def test_the_same_password_typed_in_parts_is_the_same() -> None:
    composed, parts = (
        "がぎぐげご-hana-michi",
        "\u304b\u3099\u304d\u3099\u304f\u3099\u3051\u3099\u3053\u3099-hana-michi",
    )
    user = a_person(is_professional=False)
    user.set_password(composed)
    user.save()

    assert sign_in(ADDRESS, parts, BROWSER, request_id=uuid7()).token


def test_networks_are_counted_as_their_owners_have_them() -> None:
    assert network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9")
    assert network_of("not an address") == ""
