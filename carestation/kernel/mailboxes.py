"""Addresses of mail, as people give them: at a name that others know, never at a machine.

Who may name an address has our mail server go there. To `root@localhost` and `anyone@[10.0.0.5]` it
would go inside, to itself and to its neighbours, on the word of a stranger.
"""

from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.forms import EmailField


class MailboxValidator(EmailValidator):
    """Takes an address whose mail is delivered by the name of its domain."""

    def validate_domain_part(self, domain_part: str) -> bool:
        """Whether it is a name with at least one dot; an address of the network is none."""
        return "[" not in domain_part and super().validate_domain_part(domain_part)


require_mailbox: Final = MailboxValidator(allowlist=[])


class MailboxField(EmailField):
    """The address of someone to whom we are going to write."""

    default_validators = [require_mailbox]


def is_mailbox(text: str) -> bool:
    """Whether a text is such an address."""
    try:
        require_mailbox(text)
    except ValidationError:
        return False
    return True
