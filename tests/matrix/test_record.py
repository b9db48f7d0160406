"""Whatever a request changes in a table stands in the record: no change without a fact."""

from typing import Final, TypeAlias

import pytest
from django.db import connection

from carestation.groups.choices import Side
from tests.facilities.test_applications import TYPED
from tests.matrix.requests import WHO, Stage, acting_as_one, call, path_of, taken_back
from tests.matrix.table import TABLE, Row
from tests.matrix.test_matrix import ENTRANCES

Asked: TypeAlias = tuple[str, str, Side | None, str]
LOG: Final = "factlog_loggedfact"
# What is written without a fact: each table with its reason.
KEPT_APART: Final = {
    "accounts_session": "what a page puts aside, when it was used, that a screen was covered",
    "accounts_brake": "how often something was tried: what is refused for it is a fact",
}
CHANGING: Final = [row for row in TABLE if row.method != "get" and ENTRANCES[row.name].changes]
# What is typed where the matrix sends nothing, so that something changes.
TYPED_AT: Final[dict[str, dict[str, str]]] = {
    "accounts:profile": {"name": "加藤 恵", "kana": "かとう けい"},
    "accounts:reset_ask": {"email": "kato@tsukimizaka.example"},
    "facilities:apply": TYPED,
    "facilities:facility": {"kana": "つきみざか"},
    "facilities:change": {"profession": "clerk", "role": "member"},
    "groups:connections": {"email": "nobody@example.org"},
    "groups:rule_facility": {"reason": "契約が終わったため"},
    "patients:edit_face_sheet": {
        "name": "佐伯 千代",
        "kana": "さえき ちよ",
        "birth_date": "1938-04-02",
        "sex": "female",
        "version": "1",
    },
    "patients:consents": {
        "scope": "professionals",
        "given_by": "patient",
        "form": "paper",
        "explained_by": "加藤",
        "given_on": "2026-06-01",
    },
    "support:storage_limit": {"limit": "50"},
}


# Said of the tables themselves: the view that tells the same asks for the indexes of each, too.
WRITTEN: Final = """
SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
    + pg_stat_get_xact_tuples_deleted(oid)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""


def written() -> dict[str, int]:
    """Return how many rows of each table the transaction wrote, taken back again or not."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        return dict(cursor.fetchall())


def written_since(before: dict[str, int]) -> set[str]:
    """Return into which tables was written; the partitions of the log are the log."""
    changed = [name for name, count in written().items() if count != before.get(name, 0)]
    return {LOG if name.startswith(LOG) else name for name in changed}


def changed_by(stage: Stage, rows: list[Row], who: str) -> dict[Asked, set[str]]:
    """Return in which tables each request writes; what it changed is taken back."""
    found = {}
    with acting_as_one(stage, who) as (client, session):
        for row in rows:
            path = path_of(stage, row.name, row.side, session)
            with taken_back(client):
                before = written()
                if row.name in TYPED_AT:
                    client.post(path, TYPED_AT[row.name])
                else:
                    call(client, row.name, row.method, path)
                found[row.name, row.method, row.side, who] = written_since(before)
    return found


@pytest.mark.control("8.15")
@pytest.mark.parametrize("context", sorted({row.name.partition(":")[0] for row in CHANGING}))
def test_nothing_changes_without_a_fact(context: str, stage: Stage) -> None:
    rows = [row for row in CHANGING if row.name.partition(":")[0] == context]

    found: dict[Asked, set[str]] = {}
    for who in WHO:
        found |= changed_by(stage, rows, who)

    assert [
        key for key, tables in found.items() if tables - {*KEPT_APART} and LOG not in tables
    ] == []
    silent = {one for one in TYPED_AT if one.startswith(f"{context}:")}
    assert silent <= {key[0] for key, tables in found.items() if LOG in tables}
