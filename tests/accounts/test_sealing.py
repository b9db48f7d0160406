"""What a thief of the tables gets: no address, no name, no secret, no token, no device."""

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection
from psycopg import sql
from tink import TinkError

from carestation.accounts.choices import Device, Proof, SessionKind
from carestation.accounts.commands.factors import renew_recovery_codes
from carestation.accounts.commands.passwords import ask_reset, make_reset_link
from carestation.accounts.commands.sessions import Where, keep_session_data, open_session
from carestation.accounts.models import Session
from carestation.accounts.queries.factors import read_factor
from carestation.accounts.queries.people import email_index
from carestation.accounts.queries.sessions import session_place
from carestation.kernel.ids import uuid7
from carestation.vault.scopes import open_scope
from tests.accounts.people import ADDRESS, BROWSER, PASSWORD, SECRET, a_person, acting

pytestmark = pytest.mark.django_db


def everything() -> str:
    """Every row of every table, as PostgreSQL writes it out; bytes as what they would read as."""
    words: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
            for row in cursor.fetchall():
                words += [_readable(value) for value in row]
    return "\n".join(words)


def _readable(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)


@pytest.mark.control("8.24")
def test_no_word_of_a_person_is_in_the_tables() -> None:
    user = a_person(secret=SECRET, name="金糸雀 さくら")
    where = Where(
        kind=SessionKind.BROWSER,
        device=Device.PHONE,
        agent="Kanarienvogel/1.0",
        address="192.0.2.77",
    )
    opened = open_session(user.pk, where, proof=Proof.TOTP, request_id=uuid7())
    codes = renew_recovery_codes(acting(opened))
    keep_session_data(user.pk, opened.session_id, '{"put": "aside-kanarienvogel"}')
    ask_reset(ADDRESS, where, request_id=uuid7())
    link = make_reset_link(email_index(ADDRESS), request_id=uuid7())
    assert link is not None

    tables = everything()

    person = (
        ADDRESS,
        "hayashi",
        "金糸雀",
        "金糸雀".encode().decode("latin-1"),
        "はやし",
        "192.0.2.77",
    )
    things = ("Kanarienvogel", "aside-kanarienvogel", opened.token, link.token, *codes)
    for word in (*person, *things, SECRET, PASSWORD):
        assert word not in tables, word


@pytest.mark.control("8.24")
def test_a_secret_does_not_open_at_another_persons_row() -> None:
    a_person(secret=SECRET)
    other = a_person("other@example.jp", secret=SECRET[::-1])
    mine = Authenticator.objects.exclude(user=other).get()

    mine.user = other

    with pytest.raises(TinkError):
        read_factor(mine)


def test_what_one_session_holds_does_not_open_in_another() -> None:
    user = a_person()
    first, second = (
        open_session(user.pk, BROWSER, proof=Proof.TOTP, request_id=uuid7()) for _ in range(2)
    )
    sealed = Session.objects.get(pk=first.session_id).agent_sealed

    with pytest.raises(TinkError):
        open_scope(user.pk, None).unseal(sealed, session_place(second.session_id, "agent"))


def test_allauth_keeps_no_addresses() -> None:
    models = {model._meta.db_table for model in apps.get_app_config("account").get_models()}

    with connection.cursor() as cursor:
        for table in models & set(connection.introspection.table_names(cursor)):
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            assert cursor.fetchone() == (0,), table
