"""What the rules of facilities ask of a person takes hold.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

import json
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from carestation.accounts.choices import EndReason, SessionKind
from carestation.accounts.commands.devices import forget_devices
from carestation.accounts.commands.factors import lock_person
from carestation.accounts.commands.sessions import end_sessions
from carestation.accounts.facts import PersonBound
from carestation.accounts.models import PersonBinding, Session
from carestation.accounts.queries.bindings import read_binding, words_place
from carestation.accounts.rules import Binding, is_sound
from carestation.factlog.commands import announce
from carestation.kernel.actor import Actor
from carestation.kernel.errors import DomainError
from carestation.vault.scopes import open_scope


@transaction.atomic
def bind_person(actor: Actor, user_id: UUID, binding: Binding) -> bool:
    """Let a binding take hold of a person; return whether anything is new.

    Sessions that open later obey it. One that is open is shortened, and ended where it is past its
    last hour now; none is lengthened. A second factor is a must from the next request on.

    Raises:
        DomainError: it asks for more or less than can be asked of anyone (reason `binding`).
        NotVisible: the account has ended.
    """
    if not is_sound(binding):
        raise DomainError("binding")
    user = lock_person(user_id)
    row = PersonBinding.objects.filter(user=user).first()
    if row is not None and read_binding(row) == binding:
        return False
    _keep(user_id, binding)
    _shorten_sessions(actor, user_id, binding)
    if not binding.trusted_devices:
        forget_devices(actor, user_id)
    announce(
        PersonBound(
            actor_id=actor.user_id,
            request_id=actor.request_id,
            person_id=user_id,
            second_factor=binding.second_factor,
            idle_minutes=binding.idle_minutes,
            absolute_hours=binding.absolute_hours,
            shortest_password=binding.shortest_password,
            trusted_devices=binding.trusted_devices,
        )
    )
    return True


def _keep(user_id: UUID, binding: Binding) -> None:
    words = json.dumps(binding.facility_words, ensure_ascii=False)
    PersonBinding.objects.update_or_create(
        user_id=user_id,
        defaults={
            "second_factor": binding.second_factor,
            "idle_minutes": binding.idle_minutes,
            "absolute_hours": binding.absolute_hours,
            "shortest_password": binding.shortest_password,
            "trusted_devices": binding.trusted_devices,
            "words_sealed": open_scope(user_id, None).seal(words, words_place(user_id)),
        },
    )


def _shorten_sessions(actor: Actor, user_id: UUID, binding: Binding) -> None:
    own = Session.objects.alive(timezone.now()).of_person(user_id)
    over = own.filter(created_at__lte=timezone.now() - binding.lasts)
    end_sessions(actor, list(over.select_for_update().order_by("id")), EndReason.RULES_CHANGED)
    own.update(expires_at=Least(F("expires_at"), F("created_at") + binding.lasts))
    screens = own.filter(kind=SessionKind.BROWSER, idle_seconds__gt=binding.idle_seconds)
    screens.update(idle_seconds=binding.idle_seconds)
