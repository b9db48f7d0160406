"""The sealed columns that are in no export, each with its reason; the others are in a list of it.

A test compares both with the register of what is sealed, so that no new one is forgotten.

Controls: ISO/IEC 27017 CLD.8.1.5; white paper 「バックアップ」.
"""

from typing import Final

_ONES_OWN: Final = "the person's own; a facility does not see it"
_PROOF: Final = "a proof of who someone is; it opens an account here and nowhere else"
_OPERATORS: Final = "the operator's"
_KEY: Final = "a key or phrase of this installation; what it closes is in the archive, opened"

LEFT_OUT: Final = {
    "accounts_session.agent": _ONES_OWN,
    "accounts_session.address": _ONES_OWN,
    "accounts_session.data": _ONES_OWN,
    "accounts_addresschange.email": _ONES_OWN,
    "accounts_addresschange.former": _ONES_OWN,
    "accounts_registration.email": "of a link that ends by itself; who it was for is in a list",
    "accounts_personbinding.words": "made of the facilities' rules, which are in a list",
    "accounts_refusedsignin.where": _OPERATORS,
    "mfa_authenticator.data": _PROOF,
    "exports_exportplan.pass_phrase": _KEY,
    "exports_export.reason": "of archives that lie here, not of care; the facts name each of them",
    "exports_export.pass_phrase": _KEY,
    "exports_export.key": _KEY,
    "facilities_facilityapplication.name": _OPERATORS,
    "facilities_facilityapplication.kana": _OPERATORS,
    "facilities_facilityapplication.address": _OPERATORS,
    "facilities_facilityapplication.contact": _OPERATORS,
    "groups_connectionoffer.email": _ONES_OWN,
    "groups_invitation.email": "told to who invited and who approves, not to every member",
    "timeline_attachment.key": _KEY,
    "search_documenttext.words": "read out of a file, which is in the archive whole",
    "audit_signingkey.private": _OPERATORS,
    "support_probe.password": _OPERATORS,
    "support_typedcommand.name": _OPERATORS,
    "support_typedcommand.account": _OPERATORS,
    "support_typedcommand.reason": _OPERATORS,
}
