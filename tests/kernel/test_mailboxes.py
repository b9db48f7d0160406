"""Whom we write to: someone at a name, and no machine of ours."""

from collections.abc import Iterator

import pytest
from django.forms import BaseForm, EmailField
from django.urls import get_resolver

from carestation.accounts.forms import AskResetForm
from carestation.kernel.mailboxes import MailboxField, is_mailbox


@pytest.mark.parametrize("address", ["mori@example.jp", "m.ori+1@care.example.co.jp", "a@例え.jp"])
def test_an_address_at_a_name_is_taken(address: str) -> None:
    assert is_mailbox(address)


@pytest.mark.parametrize(
    "address",
    [
        "root@localhost",
        "mori@[127.0.0.1]",
        "mori@[169.254.169.254]",
        "mori@[::1]",
        "mori@[::ffff:10.0.0.5]",
        "mori@127.0.0.1",
        "mori@169.254.169.254",
        "mori@mailhost",
        "mori@example.jp\nBcc: abe@example.jp",
    ],
)
def test_no_stranger_sends_our_mail_server_to_a_machine(address: str) -> None:
    assert not is_mailbox(address)


def test_every_form_to_whose_address_we_write_asks_for_a_mailbox() -> None:
    assert get_resolver().url_patterns  # every form is known now

    plain = {
        form
        for form in _forms(BaseForm)
        for field in form.base_fields.values()  # type: ignore[attr-defined]  # declared by its metaclass
        if isinstance(field, EmailField) and not isinstance(field, MailboxField)
    }

    # A link goes to an address that is known already, or nowhere.
    assert plain == {AskResetForm}


def _forms(kind: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for one in kind.__subclasses__():
        if one.__module__.startswith("carestation."):
            yield one
        yield from _forms(one)
