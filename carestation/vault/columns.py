"""The columns that could hold words and stand in the clear, each with its reason.

Every other text, JSON or binary column ends with `_sealed` and is sealed; a test compares this
list with all tables, and the crypto inventory shows it.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from typing import Final

_ENUM: Final = "one of a closed list of words"
_HASH: Final = "a hash, keyed or of something random"
_WRAPPED: Final = "a key, wrapped by the key above it"
_NAME: Final = "a name of the program's own"

_DJANGO: Final = "Django's own list of the program's tables and rights"
_JOB: Final = "the queue's own word; jobs carry ids and hashes only"

CLEAR: Final = {
    "accounts_addresschange.key": _HASH,
    "accounts_brake.key": _HASH,
    "accounts_factorreset.key": _HASH,
    "accounts_passwordreset.key": _HASH,
    "accounts_refusedsignin.reason": _ENUM,
    "accounts_registration.email_index": _HASH,
    "accounts_registration.key": _HASH,
    "accounts_registration.purpose": _ENUM,
    "accounts_session.device": _ENUM,
    "accounts_session.end_reason": _ENUM,
    "accounts_session.key": _HASH,
    "accounts_session.kind": _ENUM,
    "accounts_session.proof": _ENUM,
    "accounts_session.trust_key": _HASH,
    "accounts_user.email_index": _HASH,
    "accounts_user.password": "Argon2id, peppered",
    "audit_checkpoint.note": "what is signed and published: counts, hashes, a time",
    "audit_entry.kind": _NAME,
    "audit_entry.leaf": _HASH,
    "audit_signingkey.name": "the site's own address",
    "audit_tree.peaks": _HASH,
    "auth_group.name": _DJANGO,
    "auth_permission.codename": _DJANGO,
    "auth_permission.name": _DJANGO,
    "django_content_type.app_label": _DJANGO,
    "django_content_type.model": _DJANGO,
    "mfa_authenticator.data": "what is secret in it is sealed by accounts' adapter, a test says so",
    "mfa_authenticator.type": _ENUM,
    "procrastinate_events.type": _JOB,
    "procrastinate_jobs.args": _JOB,
    "procrastinate_jobs.lock": _JOB,
    "procrastinate_jobs.queue_name": _JOB,
    "procrastinate_jobs.queueing_lock": _JOB,
    "procrastinate_jobs.status": _JOB,
    "procrastinate_jobs.task_name": _JOB,
    "procrastinate_periodic_defers.periodic_id": _JOB,
    "procrastinate_periodic_defers.task_name": _JOB,
    "facilities_facility.name": "public: it stands over the door",
    "facilities_facility.kind": _ENUM,
    "facilities_facilityapplication.kind": _ENUM,
    "facilities_facilityapplication.terms_version": "the version of a public page",
    "facilities_facilityruling.ruling": _ENUM,
    "facilities_grant.right": _ENUM,
    "facilities_policy.may_export": _ENUM,
    "facilities_policy.may_invite": _ENUM,
    "facilities_termsacceptance.version": "the version of a public page",
    "facilities_staff.end_cause": _ENUM,
    "facilities_staff.profession": _ENUM,
    "facilities_staff.role": _ENUM,
    "facilities_staffinvitation.email_index": _HASH,
    "facilities_staffinvitation.profession": _ENUM,
    "facilities_staffinvitation.role": _ENUM,
    "factlog_cursor.follower": _NAME,
    "factlog_cursor.xid": "a transaction's number",
    "factlog_loggedfact.kind": _NAME,
    "factlog_loggedfact.detail": "ids, enums and times: facts hold no words, a test says so",
    "factlog_loggedfact.leaf": _HASH,
    "groups_group.kind": _ENUM,
    "groups_invitation.code_key": _HASH,
    "groups_invitation.email_index": _HASH,
    "groups_invitation.end_cause": _ENUM,
    "groups_invitation.relation": _ENUM,
    "groups_invitation.role": _ENUM,
    "groups_membership.role": _ENUM,
    "groups_membership.relation": _ENUM,
    "groups_timeline.side": _ENUM,
    "patients_consent.form": _ENUM,
    "patients_consent.given_by": _ENUM,
    "patients_consent.scope": _ENUM,
    "patients_custodytransfer.outcome": _ENUM,
    "patients_patient.likeness": _HASH,
    "search_entry.kind": _ENUM,
    "search_entry.side": _ENUM,
    "timeline_attachment.media_type": _ENUM,
    "timeline_post.side": _ENUM,
    "timeline_post.urgency": _ENUM,
    "vault_ownerkey.wrapped": _WRAPPED,
    "vault_scope.kind": _ENUM,
    "vault_scope.sealing_wrapped": _WRAPPED,
    "vault_scope.deriving_wrapped": _WRAPPED,
}
