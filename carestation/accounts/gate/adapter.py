"""How allauth sees us: keys are bound to the host of the settings, never to that of a request.

Of allauth we use the table of authenticators and what computes with them; what stands in the table
is sealed by `commands.factors`, so its own hooks for that refuse (docs/decisions/0011).

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from typing import NoReturn
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Our settings for allauth's second factors."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return for whom a passkey is made."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "", "name": settings.PRODUCT_NAME}

    def encrypt(self, text: str) -> NoReturn:
        """Refuse: a secret is sealed under its person, whom this hook does not know."""
        raise NotImplementedError

    def decrypt(self, encrypted_text: str) -> NoReturn:
        """Refuse, as `encrypt`."""
        raise NotImplementedError
