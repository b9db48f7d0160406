"""Whatever a request changes in a table stands in the record: no change without a fact."""

from typing import Final

import pytest
from django.db import connection, transaction

from tests.facilities.test_applications import TYPED
from tests.matrix.requests import WHO, Stage, a_client, call, path_of, set_stage
from tests.matrix.table import TABLE, Row
from tests.matrix.test_matrix import ENTRANCES
from tests.world import World

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


def written() -> dict[str, int]:
    """Return how many rows of each table the transaction wrote, taken back again or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
        )
        return dict(cursor.fetchall())


def changed_by(stage: Stage, row: Row, who: str) -> set[str]:
    """Return in which tables a request writes; what it changed is taken back."""
    with transaction.atomic():
        client, session = a_client(stage, who)
        path = path_of(stage, row.name, row.side, session)
        before = written()
        if row.name in TYPED_AT:
            client.post(path, TYPED_AT[row.name])
        else:
            call(client, row.name, row.method, path)
        after = written()
        transaction.set_rollback(True)
    # Partitions are the log, too.
    return {
        LOG if name.startswith(LOG) else name
        for name, count in after.items()
        if count != before.get(name, 0)
    }


@pytest.mark.control("8.15")
@pytest.mark.parametrize("context", sorted({row.name.partition(":")[0] for row in CHANGING}))
def test_nothing_changes_without_a_fact(context: str, world: World) -> None:
    stage = set_stage(world)
    rows = [row for row in CHANGING if row.name.partition(":")[0] == context]

    found = {(row.name, row.side, who): changed_by(stage, row, who) for row in rows for who in WHO}

    assert [
        key for key, tables in found.items() if tables - {*KEPT_APART} and LOG not in tables
    ] == []
    silent = {one for one in TYPED_AT if one.startswith(f"{context}:")}
    assert silent <= {key[0] for key, tables in found.items() if LOG in tables}
