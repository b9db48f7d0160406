"""The keys with which a facility seals what it keeps for itself.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from uuid import UUID

from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.models import ScopeKind
from carestation.vault.scopes import create_scope, open_scope
from carestation.vault.sealing import Bundle


def bundle_of_facility(facility_id: UUID, actor: Actor) -> Bundle:
    """Return the facility's bundle; made at the first word that it keeps, the facility locked."""
    try:
        return open_scope(facility_id, actor)
    except NotVisible:
        return create_scope(facility_id, ScopeKind.FACILITY, facility_id)
