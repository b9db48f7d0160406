"""How a template puts a value into its page: escaped, as `markupsafe.escape` does it.

Hot (benchmarks/posts.py): a post puts sixty values into its fragment. What a template writes is
joined at once and marked as safe as a whole, so a single value need not be marked; and most are
ids, numbers, names and fragments in which nothing is to be escaped.
"""

import re
from typing import Final
from uuid import UUID

from markupsafe import Markup, escape

_NEEDS_ESCAPING: Final = re.compile(r"""[&<>"']""").search
_PLAIN: Final = frozenset({int, UUID})


def shown(value: object) -> str:
    """Return a value as it stands in a page."""
    if isinstance(value, str):
        # `Markup` is a string too, and safe already.
        is_safe = type(value) is Markup or (type(value) is str and not _NEEDS_ESCAPING(value))
        return value if is_safe else escape(value)
    return str(value) if type(value) in _PLAIN else escape(value)
