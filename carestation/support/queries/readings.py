"""What was measured, and what it leads to.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from carestation.kernel.sql import row_of
from carestation.support.choices import Measured

LOOKED_BACK: Final = timedelta(days=7)
# Of fewer hours no days are foretold.
SHORTEST: Final = timedelta(hours=6)
# As good as never: what grows this slowly, or shrinks.
FAR_DAYS: Final = 3_650.0
GROWTH: Final = """
SELECT coalesce(regr_slope(mean, extract(epoch FROM at)) * 86400, 0)::float8 AS a_day,
  min(at) AS since
FROM support_reading WHERE name = %(name)s AND node = %(node)s AND at > %(after)s
"""


def forecast(node: str, used: float) -> dict[Measured, float]:
    """Return in how many days the disk of a machine is full, if it goes on as in the last week."""
    now = timezone.now()
    asked = {"name": Measured.DISK.value, "node": node, "after": now - LOOKED_BACK}
    row = row_of(GROWTH, asked)
    if row is None or row["since"] is None or now - row["since"] < SHORTEST:
        return {}
    days = (1 - used) / row["a_day"] if row["a_day"] > 0 else FAR_DAYS
    return {Measured.DISK_DAYS: min(days, FAR_DAYS)}
