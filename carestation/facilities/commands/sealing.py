"""Under what a facility's own words are sealed.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from carestation.facilities.models.facilities import Facility
from carestation.kernel.actor import Actor
from carestation.kernel.errors import NotVisible
from carestation.vault.models import ScopeKind
from carestation.vault.scopes import create_scope, open_scope
from carestation.vault.sealing import Bundle


def bundle_of(locked: Facility, actor: Actor) -> Bundle:
    """Return what seals the words of a locked facility, made at the first of them."""
    try:
        return open_scope(locked.pk, actor)
    except NotVisible:
        return create_scope(locked.pk, ScopeKind.FACILITY, locked.pk)
