"""Programs in the tests: a client with a token, which sends and reads JSON."""

import json
from typing import TYPE_CHECKING, Any

from django.test import Client

from tests.accounts.signing_in import a_token
from tests.world import World

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

ROOT = "/api/v1/"
JSON = "application/json"


class Program:
    """Somebody's program; with an empty token, nobody's. What CSRF forbids, it is forbidden."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, sent: object = None) -> "Response":
        if sent is None:
            return self.client.generic(method, ROOT + path, headers=self.headers)
        return self.send(method, path, json.dumps(sent))

    def send(
        self, method: str, path: str, body: str | bytes, content_type: str = JSON
    ) -> "Response":
        return self.client.generic(
            method, ROOT + path, body, content_type=content_type, headers=self.headers
        )

    def upload(self, parts: dict[str, object]) -> "Response":
        return self.client.post(f"{ROOT}files", parts, headers=self.headers)

    def get(self, path: str) -> "Response":
        return self.call("GET", path)

    def post(self, path: str, sent: object) -> "Response":
        return self.call("POST", path, sent)

    def put(self, path: str, sent: object = None) -> "Response":
        return self.call("PUT", path, sent)

    def delete(self, path: str) -> "Response":
        return self.call("DELETE", path)


def program_of(world: World, name: str) -> Program:
    return Program(a_token(world.people[name]))


def said(response: "Response") -> Any:  # noqa: ANN401 - whatever was answered
    return json.loads(response.content)
