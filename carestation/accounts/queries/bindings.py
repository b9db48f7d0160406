"""What the rules of the facilities that a person works for ask of them.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

import json
from uuid import UUID

from carestation.accounts.models import PersonBinding, User
from carestation.accounts.queries.people import is_operator
from carestation.accounts.rules import Binding
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place


def binding_of(user: User) -> Binding:
    """Return what binds a person; nobody's rules: a professional has a second factor."""
    row = PersonBinding.objects.filter(user=user).first()
    return Binding(second_factor=user.is_professional) if row is None else read_binding(row)


def read_binding(row: PersonBinding) -> Binding:
    """Return a person's binding as it stands in its row."""
    words = open_scope(row.user_id, None).unseal(row.words_sealed, words_place(row.user_id))
    return Binding(
        second_factor=row.second_factor,
        idle_minutes=row.idle_minutes,
        absolute_hours=row.absolute_hours,
        shortest_password=row.shortest_password,
        trusted_devices=row.trusted_devices,
        facility_words=tuple(json.loads(words)),
    )


def must_have_factor(user: User) -> bool:
    """Whether a person sees nothing without a second factor; whoever works for the provider does.

    The hot statement asks the same (`queries.sessions.SESSION`), and so does live.
    """
    bound = PersonBinding.objects.filter(user=user).values_list("second_factor", flat=True)
    wants = bound.first()
    return bool(user.is_professional if wants is None else wants) or is_operator(user.pk)


def may_be_remembered(user: User) -> bool:
    """Whether a device of this person may stand in for the second factor.

    Whoever has a desk is bound otherwise by `facilities`; whoever works for the provider is here.
    """
    return binding_of(user).trusted_devices and not is_operator(user.pk)


def words_place(user_id: UUID) -> Place:
    """Return where the words of a person's facilities are sealed."""
    return Place("accounts_personbinding", "words", user_id)
