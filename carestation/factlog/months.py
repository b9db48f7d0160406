"""The months of the log: made ahead, and let go when they are old and empty.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from typing import Final

from carestation.kernel.sql import rows_of

# The database makes it as the owner of the log, within a year: the application may not itself.
MAKE: Final = "SELECT factlog_make_month(%(ahead)s) AS is_made"
AHEAD: Final = 2
# What is over its shortest term, and empty: where someone reads the log right now, another day.
DROP: Final = "SELECT factlog_drop_months() AS dropped"


def make_months() -> int:
    """Make the months that come next, where they are not there; return how many.

    What was written of a month before it had a part of its own stands among the others and stays.
    """
    asked = (rows_of(MAKE, {"ahead": ahead}) for ahead in range(AHEAD + 1))
    return sum(row["is_made"] for [row] in asked)


def drop_months() -> int:
    """Let old months go that hold nothing any more; return how many."""
    return sum(row["dropped"] for row in rows_of(DROP, {}))
