"""A program user begins and ends to check from outside.

Controls: ISO/IEC 27017 CLD.12.4.5, 8.24; white paper 「クラウドサービスの監視」, 「暗号化」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.accounts.commands.people import end_person
from carestation.accounts.rules import Console
from carestation.factlog.commands import announce
from carestation.kernel.errors import Conflict
from carestation.kernel.ids import uuid7
from carestation.support.facts import ProbeBegan, ProbeEnded
from carestation.support.models import Probe
from carestation.vault.scopes import operator_bundle


@transaction.atomic
def begin_probe(console: Console, person_id: UUID, password: str) -> None:
    """Let a program user check from outside; its password is kept sealed.

    Raises:
        Conflict: one does already (reason `probes`).
    """
    if Probe.objects.filter(ended_at=None).exists():
        raise Conflict("probes")
    probe_id = uuid7()
    Probe.objects.create(
        id=probe_id,
        person_id=person_id,
        password_sealed=operator_bundle().seal(password, Probe.password_place(probe_id)),
        began_at=timezone.now(),
    )
    announce(ProbeBegan(**console.marks(), person_id=person_id))


@transaction.atomic
def end_probe(console: Console) -> None:
    """End the check from outside, and the account with which it was made.

    Raises:
        Conflict: there is none (reason `probes_not`).
    """
    probe = Probe.objects.select_for_update().filter(ended_at=None).first()
    if probe is None:
        raise Conflict("probes_not")
    probe.ended_at = timezone.now()
    probe.save(update_fields=["ended_at"])
    end_person(console.actor, probe.person_id)
    announce(ProbeEnded(**console.marks(), person_id=probe.person_id))
