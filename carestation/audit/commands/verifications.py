"""Verifying the whole log by the clock, and keeping what was found.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

import logging

from django.db import transaction
from django.utils import timezone

from carestation.audit.models import Verification
from carestation.audit.queries.checkpoints import kept_note
from carestation.audit.queries.verification import verify_log

logger = logging.getLogger(__name__)


@transaction.atomic
def verify_and_keep() -> Verification:
    """Verify the whole log, and what is kept beside it; keep what was found."""
    verdict = verify_log(filter(None, [kept_note()]))
    finding = verdict.finding
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
