"""HEAD and OPTIONS, at every address: they open no door that GET does not, and change nothing."""

from typing import Final

import pytest
from django.test import Client

from carestation.groups.choices import Side
from tests.matrix.requests import Stage, a_client, path_of, taken_back
from tests.matrix.table import TABLE
from tests.matrix.test_matrix import ENTRANCES, sides_of
from tests.matrix.test_record import KEPT_APART, LOG, written, written_since

ASKING: Final = ("anon", "sato", "mori", "ito")
ADDRESSES: Final = [(name, side) for name, one in ENTRANCES.items() for side in sides_of(one)]
CONTEXTS: Final = sorted({row.name.partition(":")[0] for row in TABLE})
REFUSED: Final = 405


def asked(client: Client, method: str, path: str) -> tuple[int, set[str]]:
    """Return the status, and in which tables it wrote; what it wrote is taken back."""
    with taken_back(client):
        before = written()
        answer = client.generic(method, path)
        return answer.status_code, written_since(before)


def at_all(stage: Stage, context: str) -> list[tuple[str, str, Side | None, Client, str]]:
    """Return each address of a context as each of those asks for it."""
    found = []
    for who in ASKING:
        client, session = a_client(stage, who)
        for name, side in ADDRESSES:
            if name.partition(":")[0] == context:
                path = path_of(stage, name, side, session)
                found.append((who, name, side, client, path))
    return found


@pytest.mark.control("8.3")
@pytest.mark.parametrize("context", CONTEXTS)
def test_a_head_is_answered_as_a_get_and_moves_nothing(context: str, stage: Stage) -> None:
    wrong = []
    for who, name, side, client, path in at_all(stage, context):
        head, changed = asked(client, "HEAD", path)
        with taken_back(client):
            get = client.get(path).status_code
        if head not in {get, REFUSED} or changed - {*KEPT_APART, LOG}:
            wrong.append((who, name, side, head, get, changed))

    assert wrong == []


@pytest.mark.control("8.3")
@pytest.mark.parametrize("context", CONTEXTS)
def test_options_are_told_to_nobody_and_leave_nothing(context: str, stage: Stage) -> None:
    wrong = []
    for who, name, side, client, path in at_all(stage, context):
        status, changed = asked(client, "OPTIONS", path)
        if changed - set(KEPT_APART) or (status not in {302, 401, 403, 404, REFUSED}):
            wrong.append((who, name, side, status, changed))

    assert wrong == []
