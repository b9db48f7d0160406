"""Our own words, in the language of the reader."""

from functools import lru_cache

from django.utils.translation import get_language, gettext
from markupsafe import Markup


def say(message: str, /, **variables: object) -> Markup:
    """Return a message in the reader's language; a `%` in it is written `%%`."""
    if variables:
        return Markup(gettext(message)) % variables  # noqa: S704 - the catalogue is ours, the variables are escaped
    return _plain(message, get_language())


@lru_cache(maxsize=4096)
def _plain(message: str, language: str | None) -> Markup:  # noqa: ARG001 - of the key
    return Markup(gettext(message)) % ()  # noqa: S704 - the catalogue is ours
