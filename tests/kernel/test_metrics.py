"""What is counted of the work: words of ours alone."""

import re
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse
from prometheus_client import REGISTRY, generate_latest

from carestation.groups.choices import Side
from tests.accounts.signing_in import sign_in_client
from tests.world import NAMES, World

# What may stand before a counted sample, and nothing else may.
LABELS: Final = {"route", "answer", "taken", "reason", "le"}
OWN: Final = re.compile(r"^carestation_\w+(?:\{(.*)\})? \S+$", re.MULTILINE)
LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
IDS: Final = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}|@|\d{1,3}(?:\.\d{1,3}){3}")


@pytest.mark.control("8.24")
def test_no_id_no_name_and_no_address_is_counted_by(world: World) -> None:
    client = Client()
    place = [world.group.pk, Side.PROFESSIONAL]
    client.post(reverse("accounts:sign_in"), {"email": "kato@example.jp", "password": "wrong"})
    sign_in_client(client, world.people["kato"])

    seen = client.get(reverse("timeline:timeline", args=place), HTTP_X_FORWARDED_FOR="203.0.113.9")
    client.get("/groups/019ad8c2-0000-7000-8000-0000000000aa/kato@example.jp/")
    told = generate_latest(REGISTRY).decode()
    labels = [pair for line in OWN.findall(told) for pair in LABEL.findall(line)]

    assert seen.status_code == 200
    assert ("route", "groups/<uuid:group_id>/<side:side>/") in labels
    assert {name for name, _ in labels} <= LABELS
    assert [value for _, value in labels if IDS.search(value)] == []
    assert [name for pair in NAMES.values() for name in pair if name in told] == []
