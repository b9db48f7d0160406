"""Verifying the whole log by the clock, and keeping what was found.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

import logging

from django.db import transaction
from django.utils import timezone

from carestation.audit.choices import Bent, Wrong
from carestation.audit.models import WHOLE, Verification
from carestation.audit.queries.checkpoints import kept_note
from carestation.audit.queries.verification import Finding, Verdict, verify_log
from carestation.factlog.checkpoints import NotACheckpointError

logger = logging.getLogger(__name__)


@transaction.atomic
def verify_and_keep() -> Verification:
    """Verify the whole log, and what is kept beside it; keep what was found."""
    verdict, finding = _verdict()
    if finding is not None:
        logger.error("The log is not what was sealed")
    return Verification.objects.create(
        at=timezone.now(),
        facts=verdict.facts,
        checkpoints=verdict.checkpoints,
        wrong="" if finding is None else finding.wrong,
        number=None if finding is None else finding.number,
        fact_id=None if finding is None else finding.fact_id,
        tree_id=None if finding is None else finding.tree_id,
        size=None if finding is None else finding.size,
        facts_hold=verdict.rows is None if finding is not None and finding.bent else None,
    )


def _verdict() -> tuple[Verdict, Finding | None]:
    """Verify with what is kept beside the database; what this log's keys did not sign is wrong.

    Whoever takes the keys away, or puts others there, has what was kept no longer signed by them.
    """
    try:
        verdict = verify_log(filter(None, [kept_note()]))
    except NotACheckpointError:
        verdict = verify_log()
        not_ours = Finding(wrong=Wrong.CHECKPOINT, number=0, tree_id=WHOLE, bent=Bent.UNSIGNED)
        return verdict, verdict.finding or not_ours
    return verdict, verdict.finding
