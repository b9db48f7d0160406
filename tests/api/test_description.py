"""`openapi.json` is true for every call: a schema fuzzer tries each of them."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from carestation.api.urls import CALLS, ROOT
from carestation.groups.choices import Side
from carestation.kernel.acting import Work
from carestation.kernel.doors import Door
from carestation.timeline.commands.posts import publish_post
from tests.accounts.signing_in import a_token
from tests.api.callers import Program, said
from tests.conftest import act_as
from tests.world import World, a_draft

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
WRONG: Final = [*CHECKS, negative_data_rejection]
# Both parts together keep the fuzzer within half a minute; more of them find nothing new.
EXAMPLES: Final = 12
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# As nobody, and where a door is closed as a signed-in professional too.
ASKED: Final = [
    (who, call.method, call.path)
    for call in CALLS
    for who in ([""] if call.door is Door.PUBLIC else ["", "kato"])
]


@pytest.fixture
def application() -> Iterator[WSGIHandler]:
    """The real thing, inside the transaction of the test: as Django's own client does it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def operation_of(application: WSGIHandler, method: str, path: str) -> Any:  # noqa: ANN401 - schemathesis' own
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}openapi.json", application)
    place = ROOT + path
    for converter in ("uuid", "side"):
        place = place.replace(f"<{converter}:", "{")
    return schema[place.replace(">", "}")][method]


def places_in(world: World, path: str) -> dict[str, str]:
    act_as(Work.CONTENT)  # what was asked before through WSGI left its own
    post = publish_post(world.seat("sato", Side.PROFESSIONAL), a_draft()).post
    real = {"group": str(world.group.pk), "side": "professional", "post": str(post.pk)}
    return {name: value for name, value in real.items() if f":{name}>" in path}


@pytest.mark.parametrize(("who", "method", "path"), ASKED)
def test_every_call_answers_as_it_is_described(
    world: World, application: WSGIHandler, who: str, method: str, path: str
) -> None:
    operation = operation_of(application, method, path)
    headers = {"Authorization": f"Bearer {a_token(world.people[who])}"} if who else {}
    real = places_in(world, path)
    right, wrong = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    strategies = [operation.as_strategy(right), operation.as_strategy(right, path_parameters=real)]
    strategies += [operation.as_strategy(wrong, path_parameters=real)] if operation.body else []

    @given(case=st.one_of(strategies))
    @bounded
    def ask(case: schemathesis.Case[Any]) -> None:
        is_wrong = case.meta is not None and case.meta.generation.mode is wrong
        response = case.call(headers=headers)
        case.validate_response(response, checks=WRONG if is_wrong else CHECKS)

    ask()


def test_the_description_has_every_call(world: World) -> None:
    document = said(Program().get("openapi.json"))

    described = {
        (method.upper(), path) for path, calls in document["paths"].items() for method in calls
    }
    assert document["openapi"].startswith("3.1")
    assert len(described) == len(CALLS)
