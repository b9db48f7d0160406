"""The description of all calls, for machines."""

from collections.abc import Callable, Sequence
from functools import cache
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest

from carestation.kernel.calls import Answer, Call
from carestation.kernel.doors import Door
from carestation.kernel.openapi import document_of
from carestation.kernel.schemas import Schema

VERSION = "1"


def description_of(calls: Callable[[], Sequence[Call]], *, path: str, root: str) -> Call:
    """Return the call that describes all calls, itself too."""

    @cache
    def document() -> Schema:
        return document_of(
            calls(),
            title=settings.PRODUCT_NAME,
            version=VERSION,
            root=root,
            cookie=settings.SESSION_COOKIE_NAME,
        )

    def describe(_: HttpRequest) -> Answer:
        """Return this description: OpenAPI 3.1."""
        return Answer(body=document())

    return Call(
        method="GET", path=path, act=describe, door=Door.PUBLIC, answers={HTTPStatus.OK: dict}
    )
