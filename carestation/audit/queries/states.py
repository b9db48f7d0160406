"""How the seal stands, as a facility's desk is told.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from carestation.audit.choices import Wrong
from carestation.audit.models import Tree, Verification
from carestation.audit.queries.checkpoints import published_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """How the seal stands: how many facts of a facility are sealed, what was found last.

    `checked_at` is None before the first time; `wrong` where something was bent.
    """

    facts: int
    checked_at: datetime | None
    wrong: Wrong | None
    key: str


def seal_state(tree_id: UUID) -> SealState:
    """Return how the seal stands, for a facility or for the whole log."""
    tree = Tree.objects.filter(pk=tree_id).first()
    last = Verification.objects.order_by("at").last()
    keys = published_keys()
    return SealState(
        facts=tree.size if tree else 0,
        checked_at=last.at if last else None,
        wrong=Wrong(last.wrong) if last and last.wrong else None,
        key=keys[-1] if keys else "",
    )
