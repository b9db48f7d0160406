"""The one template engine of our pages: escaped, strict, translated."""

from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import Environment, StrictUndefined
from jinja2.runtime import Context
from markupsafe import Markup

from carestation.ui import components, fields, icons, keeping, times
from carestation.ui.compiling import Straight
from carestation.ui.words import say

# Loaded by every page, in one order; what only some pages need they link themselves.
STYLESHEETS: Final = (
    "tokens",
    "measures",
    "sides",
    "fallback",
    "base",
    "layout",
    "bars",
    "icons",
    "buttons",
    "navigation",
    "band",
    "cards",
    "grouplist",
    "post",
    "attachments",
    "composer",
    "forms",
    "tables",
    "people",
    "sheet",
    "state",
    "tabs",
    "auth",
    "contrast",
    "utilities",
    "print",
)
BEHAVIOURS: Final = ("moment", "reveal", "sheet", "grow", "offline", "idle", "problem", "keys")


class LeanContext(Context):
    """No template is given globals of its own: an imported one is not compared, nor read again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Jinja's own
        super().__init__(*args, **kwargs | {"globals": None})


def environment(**options: Any) -> Environment:  # noqa: ANN401 - Django passes its engine's options through
    """Return Jinja2 as the house wants it; Django gives the loader and asks for escaping."""
    options |= {
        "undefined": StrictUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "keep_trailing_newline": False,
        "cache_size": -1,
    }
    env = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options)  # noqa: S701 - escaping is set above
    env.context_class = LeanContext
    env.code_generator_class = Straight
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    env.globals.update(_known())
    return env


@lru_cache(maxsize=4096)
def url(name: str, /, *args: str | int | UUID) -> str:
    """Return the path of a view; a page names two dozen, the same again and again.

    Raises:
        NoReverseMatch: there is no view of this name.
    """
    return reverse(name, args=args)


@cache
def head_links() -> Markup:
    """Return the links to the styles and behaviours that every page has; made once."""
    sheets = [static(f"ui/css/{name}.css") for name in STYLESHEETS]
    modules = [static(f"ui/js/{name}.js") for name in BEHAVIOURS]
    htmx = static("django_htmx/htmx-2.min.js")
    return Markup("\n").join(
        [
            *(Markup('<link rel="stylesheet" href="{}">').format(path) for path in sheets),
            Markup('<script src="{}" defer></script>').format(htmx),
            *(Markup('<script type="module" src="{}"></script>').format(path) for path in modules),
        ]
    )


def _known() -> dict[str, object]:
    """Return what every template knows without being told."""
    return {
        "_": say,
        "gettext": say,
        "url": url,
        "static": static,
        "product": settings.PRODUCT_NAME,
        "head_links": head_links,
        "kept": keeping.kept,
        "moment": times.moment,
        "short_moment": times.short_moment,
        "exact_moment": times.exact_moment,
        "clock": times.clock,
        "day_of": times.day_of,
        "local_date": times.local_date,
        "calendar_date": times.calendar_date,
        "date_of_birth": times.date_of_birth,
        "icon": icons.icon,
        "initial": components.initial,
        "age": components.age,
        "size": components.size,
        "paragraphs": components.paragraphs,
        "with_calls": components.with_calls,
        "attributes": components.attributes,
        "problem_number": components.problem_number,
        "field_of": fields.field_of,
        "errors_of": fields.errors_of,
        "Tone": components.Tone,
        "Weight": components.Weight,
        "TagKind": components.TagKind,
        "Figure": components.Figure,
        "Dress": components.Dress,
    }
