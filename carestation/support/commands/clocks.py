"""What is written while nobody vouches for the time is kept in mind, so that the record says so.

Controls: ISO/IEC 27017 8.17; white paper 「ログ」.
"""

from django.db import transaction
from django.db.models import Max

from carestation.factlog.commands import announce
from carestation.factlog.models import LoggedFact
from carestation.kernel.ids import uuid7
from carestation.support.facts import ClockDoubted, ClockTrusted
from carestation.support.models import ClockDoubt
from carestation.support.queries.clocks import is_time_vouched_for


@transaction.atomic
def mind_clock(vouched: int | None) -> int | None:
    """Begin or end a doubt by what was measured; return the last fact whose time is vouched for.

    `vouched`: what the round before returned, or None where there was none: what came since is in
    doubt, too, for nobody knows when the clock went wrong.
    """
    newest: int = LoggedFact.objects.aggregate(newest=Max("pk"))["newest"] or 0
    doubt = ClockDoubt.objects.select_for_update().filter(last_fact=None).first()
    if is_time_vouched_for():
        if doubt is not None:
            doubt.last_fact = newest
            doubt.save(update_fields=["last_fact"])
            announce(ClockTrusted(request_id=uuid7(), doubt_id=doubt.pk))
        return newest
    # The watch of another machine may have been first.
    after = newest if vouched is None else vouched
    doubt, is_new = ClockDoubt.objects.get_or_create(last_fact=None, defaults={"after_fact": after})
    if is_new:
        announce(ClockDoubted(request_id=uuid7(), doubt_id=doubt.pk))
    return vouched
