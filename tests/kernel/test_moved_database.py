"""The server that wrote writes no more: who asks is told to wait, and finds the one that does."""

import json
from http import HTTPStatus

import psycopg
import pytest
from django.db import connection
from django.test import Client

from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from tests.accounts.signing_in import a_token
from tests.world import World


def posted(world: World, token: str) -> int:
    said = {"draft_id": str(uuid7()), "body": "お変わりありません。"}
    answer = Client(raise_request_exception=False).post(
        f"/api/v1/groups/{world.group.pk}/{Side.PROFESSIONAL}/posts",
        json.dumps(said),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code


@pytest.mark.control("8.14")
def test_a_server_that_writes_no_more_is_left_for_the_one_that_does(
    committed_world: World,
) -> None:
    token = a_token(committed_world.people["kato"])
    connection.cursor().execute("SET default_transaction_read_only = on")

    first, second = posted(committed_world, token), posted(committed_world, token)

    assert (first, second) == (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CREATED)


@pytest.mark.control("8.14")
@pytest.mark.django_db
def test_a_database_that_vanishes_is_given_up_in_ten_seconds() -> None:
    connection.ensure_connection()
    told = psycopg.conninfo.conninfo_to_dict(connection.connection.info.dsn)

    assert told["tcp_user_timeout"] == "10000"
    assert told["keepalives_idle"] == "15"
