"""What the rules of a person's facilities ask of them takes hold, with every change of places.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from uuid import UUID

from carestation.accounts.commands.bindings import bind_person
from carestation.facilities.queries.bindings import binding_by_rules
from carestation.kernel.actor import Actor


def bind_by_rules(actor: Actor, user_id: UUID) -> bool:
    """Let the strictest of a person's facilities bind them; in the caller's transaction."""
    return bind_person(actor, user_id, binding_by_rules(user_id))
