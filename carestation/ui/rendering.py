"""Fragments that stand alone: rendered without a request, hence without a reader.

Hot (benchmarks/posts.py): every post is rendered here once, so the engine is asked directly.
"""

from functools import cache

from django.template import engines
from jinja2 import Environment
from markupsafe import Markup


def rendered(template: str, **context: object) -> Markup:
    """Return a fragment that is the same for everyone."""
    return Markup(_environment().get_template(template).render(context))  # noqa: S704 - a template's output


@cache
def _environment() -> Environment:
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]  # the stubs know engines only
    return env
