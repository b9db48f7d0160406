"""Fragments that stand alone: rendered without a request, hence without a reader.

Hot (benchmarks/posts.py): every post is rendered here once, so the engine is asked directly.
"""

from collections.abc import Iterator
from functools import cache

from django.template import engines
from jinja2 import Environment
from markupsafe import Markup


def rendered(template: str, **context: object) -> Markup:
    """Return a fragment that is the same for everyone."""
    return Markup(_environment().get_template(template).render(context))  # noqa: S704 - a template's output


def said(template: str, macro: str, *values: object) -> Markup:
    """Return what a macro of a template says, which asks for nothing but its values."""
    return Markup(getattr(_environment().get_template(template).module, macro)(*values))  # noqa: S704 - a template's output


def rendered_in_parts(template: str, **context: object) -> Iterator[bytes]:
    """Yield a page that is the same for everyone while it is written: for what is long."""
    for part in _environment().get_template(template).generate(context):
        yield part.encode()


@cache
def _environment() -> Environment:
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]  # the stubs know engines only
    return env
