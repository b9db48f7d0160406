"""What the watch measured is kept: by the minute for a day, by the hour for ninety.

Nobody did it and nobody is in it, so the log has no fact of it.

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from carestation.kernel.ids import uuid7
from carestation.kernel.sql import rows_of
from carestation.support.choices import Measured
from carestation.support.models import Reading

MINUTES_KEPT: Final = timedelta(days=1)
HOURS_KEPT: Final = timedelta(days=90)
# Whole hours alone: the mean of an hour weighs every minute the same, and says how many there were.
FOLD: Final = """
WITH minutes AS (
  DELETE FROM support_reading WHERE node = %(node)s AND folded = 0
    AND at < date_trunc('hour', %(until)s::timestamptz)
  RETURNING name, at, mean, low, high
)
INSERT INTO support_reading (id, node, name, at, folded, mean, low, high)
SELECT gen_random_uuid(), %(node)s, name, date_trunc('hour', at) + interval '59 minutes 59 seconds',
  count(*), least(greatest(avg(mean), min(low)), max(high)), min(low), max(high)
FROM minutes GROUP BY name, date_trunc('hour', at)
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def keep_readings(node: str, measured: Mapping[Measured, float]) -> datetime:
    """Keep what a machine measured now, and fold what is older than a day; return the time."""
    now = timezone.now()
    Reading.objects.bulk_create(
        Reading(id=uuid7(), node=node, name=name, at=now, mean=value, low=value, high=value)
        for name, value in measured.items()
    )
    rows_of(FOLD, {"node": node, "until": now - MINUTES_KEPT})
    Reading.objects.filter(node=node, at__lt=now - HOURS_KEPT).delete()
    return now
