"""With what the check from outside is made. Unsealing is done here alone.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from dataclasses import dataclass

from carestation.accounts.queries.people import read_email
from carestation.support.models import Probe
from carestation.vault.scopes import operator_bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeKey:
    """With what the program user signs in."""

    email: str
    password: str


def probe_key() -> ProbeKey | None:
    """Return with what to check; None where nobody has begun to."""
    probe = Probe.objects.filter(ended_at=None).select_related("person").first()
    if probe is None:
        return None
    return ProbeKey(
        email=read_email(probe.person, None),
        password=operator_bundle().unseal(probe.password_sealed, Probe.password_place(probe.pk)),
    )
