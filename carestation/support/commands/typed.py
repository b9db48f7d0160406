"""What is typed at the machine says who types it, and why.

Controls: ISO/IEC 27017 8.18, 8.15, 8.24; white paper 「ユーティリティプログラム」, 「ログ」,
    「暗号化」.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from carestation.factlog.commands import announce
from carestation.kernel.ids import uuid7
from carestation.support.choices import Command
from carestation.support.facts import CommandTyped
from carestation.support.models import TypedCommand
from carestation.vault.models import OPERATOR
from carestation.vault.scopes import operator_bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Typist:
    """Who says to type, under which account of the system, and why; empty where it is not said."""

    name: str
    account: str
    reason: str


@transaction.atomic
def note_command(typist: Typist, command: Command, *, typed_at: datetime | None = None) -> None:
    """Write down who types a command and why; it stands there also where the command then fails.

    `typed_at`: when it was typed, by the machine's clock, where nothing ran that could write it.
    """
    bundle, typed_id = operator_bundle(), uuid7()
    TypedCommand.objects.create(
        id=typed_id,
        name_sealed=bundle.seal(typist.name, TypedCommand.place("name", typed_id)),
        account_sealed=bundle.seal(typist.account, TypedCommand.place("account", typed_id)),
        reason_sealed=bundle.seal(typist.reason, TypedCommand.place("reason", typed_id)),
    )
    announce(
        CommandTyped(
            actor_id=OPERATOR,
            request_id=uuid7(),
            typed_id=typed_id,
            command=command,
            typed_at=typed_at,
        )
    )
