"""A device of one's own that need not show the second factor: who may, how long, what ends it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from carestation.accounts.choices import Letter
from carestation.accounts.commands.addresses import (
    ask_address_change,
    confirm_address,
    make_address_link,
)
from carestation.accounts.commands.bindings import bind_person
from carestation.accounts.commands.devices import (
    cut_off_others,
    cut_off_session,
    forget_device,
)
from carestation.accounts.commands.factors import (
    enrol_totp,
    fresh_secret,
    renew_recovery_codes,
)
from carestation.accounts.commands.passwords import change_password
from carestation.accounts.commands.sessions import OpenedSession, Remembered, Where, sign_out
from carestation.accounts.commands.sign_in import sign_in, take_second_step
from carestation.accounts.facts import DeviceRemembered
from carestation.accounts.followers import tell_of_remembered_device
from carestation.accounts.models import AddressChange, Session, User
from carestation.accounts.queries.devices import remembered_of
from carestation.accounts.rules import Binding
from carestation.factlog.facts import fact_of
from carestation.factlog.models import LoggedFact
from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from tests.accounts.people import (
    ADDRESS,
    BROWSER,
    PASSWORD,
    SECRET,
    SYSTEM,
    a_person,
    acting,
    clock_at,
    clock_later,
    code_now,
)

pytestmark = pytest.mark.django_db
ALLOWED: Final = Binding(trusted_devices=True)
DAY: Final = 24 * 60 * 60
NEW: Final = "tsuki-to-hoshi-no-yoru-2026"


def someone(email: str = ADDRESS, binding: Binding = ALLOWED) -> User:
    user = a_person(email, secret=SECRET)
    bind_person(SYSTEM, user.pk, binding)
    return user


def entering(remembered: Remembered | None, *, is_shared: bool = False) -> Where:
    return replace(BROWSER, trust=remembered.token if remembered else "", is_shared=is_shared)


def signed_in(where: Where = BROWSER, email: str = ADDRESS) -> OpenedSession:
    return sign_in(email, PASSWORD, where, request_id=uuid7())


def remembering(where: Where = BROWSER, *, remembers: bool = True) -> OpenedSession:
    """Sign in with a code, and let the device be remembered."""
    half = signed_in(where)
    assert half.is_half
    return take_second_step(acting(half), code_now(), remembers=remembers)


def is_recognised(remembered: Remembered | None, password: str = PASSWORD) -> bool:
    return not sign_in(ADDRESS, password, entering(remembered), request_id=uuid7()).is_half


@pytest.mark.control("8.5")
def test_a_remembered_device_need_not_show_the_factor_and_shows_something_new_each_time() -> None:
    user = someone()
    first = remembering()
    shown_at = Session.objects.get(pk=first.session_id).second_factor_at

    second = signed_in(entering(first.remembered))
    third = signed_in(entering(second.remembered))

    assert (second.is_half, third.is_half) == (False, False)
    assert Session.objects.get(pk=third.session_id).second_factor_at == shown_at
    told = [one.remembered for one in (first, second, third) if one.remembered]
    assert len({one.token for one in told}) == len(told) == 3
    assert len({one.until for one in told}) == 1
    assert [one.session_id for one in remembered_of(acting(third))] == [third.session_id]
    assert not is_recognised(first.remembered), "what was shown once is shown again by a copy"
    kinds = LoggedFact.objects.filter(actor_id=user.pk).values_list("kind", flat=True)
    assert list(kinds).count("accounts.DeviceRecognised") == 2


@pytest.mark.control("8.5")
def test_thirty_days_end_to_the_second_and_do_not_begin_anew() -> None:
    someone()
    first = remembering()
    assert first.remembered
    over = first.remembered.until

    with clock_later(29 * DAY):
        second = signed_in(entering(first.remembered))
    with clock_at(over - timedelta(seconds=1)):
        before = signed_in(entering(second.remembered))
    with clock_at(over):
        after = signed_in(entering(before.remembered))

    assert (second.is_half, before.is_half, after.is_half) == (False, False, True)
    assert first.remembered.until - timezone.now() <= timedelta(days=30)


@pytest.mark.control("5.17")
def test_the_token_is_stored_as_its_hash_alone_and_works_for_its_person() -> None:
    someone()
    one = remembering()
    other = someone("mori@tsukimizaka.example")
    assert one.remembered

    stored = Session.objects.get(pk=one.session_id)
    opened = signed_in(entering(one.remembered), "mori@tsukimizaka.example")

    assert bytes(stored.trust_key or b"") != one.remembered.token.encode()
    assert one.remembered.token.encode() not in bytes(stored.trust_key or b"")
    assert opened.user_id == other.pk
    assert opened.is_half


@pytest.mark.control("8.5")
@pytest.mark.parametrize("binding", [Binding(), Binding(second_factor=False)])
def test_nothing_is_remembered_where_a_rule_forbids_it(binding: Binding) -> None:
    someone(binding=binding)

    assert remembering().remembered is None


@pytest.mark.control("8.5")
def test_nothing_is_remembered_where_others_use_the_device_or_nobody_wished_it() -> None:
    someone()
    shared = remembering(replace(BROWSER, is_shared=True))
    with clock_later(60):
        unasked = take_second_step(acting(signed_in()), code_now())
    with clock_later(120):
        asked = take_second_step(acting(signed_in()), code_now(), remembers=True)

    assert (shared.remembered, unasked.remembered) == (None, None)
    assert asked.remembered is not None
    assert signed_in(entering(asked.remembered, is_shared=True)).is_half


@pytest.mark.control("8.5")
def test_a_recovery_code_lets_in_and_makes_nothing_remembered() -> None:
    user = someone()
    code = renew_recovery_codes(acting(remembering(remembers=False)))[0]

    opened = take_second_step(acting(signed_in()), code, remembers=True)

    assert (opened.is_half, opened.remembered) == (False, None)
    assert not Session.objects.of_person(user.pk).remembered(timezone.now()).exists()


def a_new_address(own: OpenedSession) -> None:
    ask_address_change(acting(own), "shin@tsukimizaka.example")
    link = make_address_link(AddressChange.objects.get().pk)
    assert link is not None
    confirm_address(acting(own), link.token)


ENDS: Final[dict[str, Callable[[OpenedSession, OpenedSession], object]]] = {
    "a new password": lambda _, own: change_password(acting(own), PASSWORD, NEW),
    "another app": lambda _, own: another_app(own),
    "cut off": lambda one, own: cut_off_session(acting(own), one.session_id),
    "all others": lambda _, own: cut_off_others(acting(own)),
    "forgotten": lambda one, own: forget_device(acting(own), one.session_id),
    "a stricter rule": lambda one, _: bind_person(SYSTEM, one.user_id, Binding()),
}


def another_app(own: OpenedSession) -> None:
    secret = fresh_secret()
    enrol_totp(acting(own), secret, code_now(secret))


@pytest.mark.control("8.5")
@pytest.mark.parametrize("how", ENDS)
def test_what_ends_a_remembered_device(how: str) -> None:
    someone()
    one = remembering()
    with clock_later(60):
        own = take_second_step(acting(signed_in()), code_now())

    ENDS[how](one, own)

    assert not is_recognised(one.remembered, NEW if how == "a new password" else PASSWORD)
    forgotten = LoggedFact.objects.get(kind="accounts.DevicesForgotten")
    assert forgotten.detail["devices"] == 1


@pytest.mark.control("8.5")
def test_all_others_leaves_this_device_remembered_and_an_address_does_too() -> None:
    someone()
    one = remembering()

    cut_off_others(acting(one))
    a_new_address(one)

    again = sign_in(
        "shin@tsukimizaka.example", PASSWORD, entering(one.remembered), request_id=uuid7()
    )
    assert not again.is_half


def test_signing_out_leaves_a_device_remembered() -> None:
    someone()
    one = remembering()

    sign_out(acting(one))

    assert is_recognised(one.remembered)


@pytest.mark.control("5.17")
def test_nobody_forgets_the_devices_of_others() -> None:
    someone()
    one = remembering()
    other = someone("mori@tsukimizaka.example")
    with pytest.raises(NotVisible):
        forget_device(replace(SYSTEM, user_id=other.pk), one.session_id)

    assert is_recognised(one.remembered)


@pytest.mark.control("8.15")
def test_its_owner_is_told_by_mail() -> None:
    user = someone()
    remembering()
    row = dict(LoggedFact.objects.values().get(kind="accounts.DeviceRemembered"))
    fact = fact_of(row)
    assert isinstance(fact, DeviceRemembered)

    tell_of_remembered_device([fact])

    [job] = ProcrastinateJob.objects.filter(task_name="accounts.mail_letter")
    assert job.args == {"user_id": str(user.pk), "letter": Letter.DEVICE_REMEMBERED.value}


@pytest.mark.control("8.5")
def test_on_pages_the_choice_is_there_where_it_is_allowed_and_the_device_is_listed() -> None:
    user, client = someone(), Client()
    wish = "この端末では30日間、確認を省く"
    entry = {"email": ADDRESS, "password": PASSWORD}

    client.post(reverse("accounts:sign_in"), entry)
    asked = client.get(reverse("accounts:second_step")).text
    client.post(reverse("accounts:second_step"), {"code": code_now(), "trust": "on"})
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    client.post(reverse("accounts:sign_out"))
    again = client.post(reverse("accounts:sign_in"), entry)
    listed = client.get(reverse("accounts:account")).text
    [device] = Session.objects.of_person(user.pk).remembered(timezone.now())
    client.post(reverse("accounts:forget_device", args=[device.pk]))
    gone = client.get(reverse("accounts:account")).text
    client.post(reverse("accounts:sign_out"))
    half = client.post(reverse("accounts:sign_in"), entry)

    assert wish in asked
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    assert again["Location"] == "/"
    assert "2段階の確認を省く端末（1台）" in listed
    assert "端末を覚えるのをやめました" in gone
    assert half["Location"].startswith(reverse("accounts:second_step"))
    bind_person(SYSTEM, user.pk, Binding())
    assert wish not in client.get(reverse("accounts:second_step")).text
