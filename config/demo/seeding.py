"""Making the demo world, through the product's own commands, in one transaction: all or nothing."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from carestation.accounts.queries.people import find_by_email
from config.demo.people import PEOPLE
from config.demo.settling import DemoWorld
from config.demo.story import talks
from config.demo.telling import Teller

ONE_AT_A_TIME: Final = 7_262_005


@transaction.atomic
def ensure_demo() -> bool:
    """Make the demo world unless it is there; return whether it was made now.

    Raises:
        SystemExit: this is production.
    """
    if settings.IS_PRODUCTION:
        raise SystemExit("There is no demo data in production.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    first = next(iter(PEOPLE.values()))
    if find_by_email(first.email) is not None:
        return False
    seed_demo(timezone.now())
    return True


@transaction.atomic
def seed_demo(now: datetime) -> None:
    """Make the demo world as it stands at `now`."""
    world = DemoWorld(now)
    world.settle()
    Teller(world).tell(talks())
    world.times.set_back()
