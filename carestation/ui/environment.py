"""The one template engine of our pages: escaped, strict, translated."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import Environment, StrictUndefined
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from carestation.ui import components, fields, icons, keeping, times
from carestation.ui.compiling import StillFirst
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
BEHAVIOURS: Final = ("moment", "reveal", "sheet", "grow", "offline", "idle", "problem")
LEAN: Final = (Macro, type)


class LeanContext(Context):
    """Calls what a template calls without asking each time what it would like to be passed.

    Hot (benchmarks/pages.py): a page makes hundreds of calls. What is marked to be passed something
    (the extensions' own functions) is still called Jinja's way. No template is given globals of its
    own, so an imported one need not be compared with them, nor read again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Jinja's own
        super().__init__(*args, **kwargs | {"globals": None})

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the template calls
        """Return what a function or a macro says."""
        # A macro is never marked, nor is a class: an enumeration takes long to say so.
        if not isinstance(called, LEAN) and hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


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
    env.code_generator_class = StillFirst
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
        "clock": times.clock,
        "day_of": times.day_of,
        "local_date": times.local_date,
        "calendar_date": times.calendar_date,
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
