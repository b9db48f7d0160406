"""How many processes shall run is decided.

Controls: ISO/IEC 27017 8.6; white paper 「容量・能力の管理」.
"""

from django.db import transaction
from django.utils import timezone

from carestation.accounts.rules import Console
from carestation.factlog.commands import announce
from carestation.kernel.errors import DomainError
from carestation.support.facts import CapacityChanged
from carestation.support.models import Capacity
from carestation.support.queries.capacity import capacity, connections_of_each
from carestation.support.rules import Wanted


@transaction.atomic
def change_capacity(console: Console, wanted: Wanted) -> None:
    """Let so many processes run on each machine: who supervises them follows within seconds.

    The same numbers once more change nothing.

    Raises:
        DomainError: the database has too few connections for that on each machine that runs
            (reason `connections`).
    """
    if wanted == capacity(console):
        return
    if wanted.connections > connections_of_each(console):
        raise DomainError("connections")
    row = Capacity.objects.create(
        web=wanted.web,
        threads=wanted.threads,
        workers=wanted.workers,
        changed_at=timezone.now(),
    )
    announce(CapacityChanged(**console.marks(), capacity_id=row.pk))
