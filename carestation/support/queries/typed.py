"""Who typed what at the machine, as operators read it. Unsealing is done here alone.

Controls: ISO/IEC 27017 8.18, 8.24; white paper 「ユーティリティプログラム」, 「暗号化」.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from carestation.accounts.rules import Console
from carestation.support.models import TypedCommand
from carestation.vault.scopes import operator_bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Who said to type, under which account of the system, and why; empty where not said."""

    name: str
    account: str
    reason: str


def typed_at_machine(console: Console, typed_ids: Collection[UUID]) -> dict[UUID, Typed]:  # noqa: ARG001 - who asks is an operator
    """Return what was said with commands, by their ids."""
    bundle, place = operator_bundle(), TypedCommand.place
    rows = TypedCommand.objects.in_bulk(list(typed_ids))
    return {
        row.pk: Typed(
            name=bundle.unseal(row.name_sealed, place("name", row.pk)),
            account=bundle.unseal(row.account_sealed, place("account", row.pk)),
            reason=bundle.unseal(row.reason_sealed, place("reason", row.pk)),
        )
        for row in rows.values()
    }
