"""Where sealed values lie: each column, under whose scope, and to which row it is bound.

Whatever counts or turns keys goes by this list; a test compares it with all tables.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

NIL: Final = UUID(int=0)
OPERATORS: Final = "'00000000-0000-0000-0000-000000000000'::uuid"
# An authenticator's secret lies in allauth's JSON, in base64 for addresses.
_FACTOR: Final = "decode(translate(t.data ->> 'sealed', '-_', '+/'), 'base64')"
_FACTOR_SET: Final = (
    "data = jsonb_set(t.data, '{sealed}',"
    " to_jsonb(translate(encode(v.fresh, 'base64'), E'+/\\n', '-_')))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """A column of sealed values. What is SQL here speaks of the table as `t`.

    `scope`: the id of the scope; `row`: the id to which a value is bound; `bound_as`: the column's
    name in what it is bound to; `value`: the sealed bytes; `change`: puts `v.fresh` in their place.
    """

    table: str
    column: str
    scope: str
    row: str
    bound_as: str
    value: str
    change: str
    first: UUID | int = NIL

    @property
    def name(self) -> str:
        """Table and column, as the tables have them."""
        return f"{self.table}.{self.column}"


def _sealed(table: str, *names: str, scope: str, row: str = "t.id") -> tuple[SealedColumn, ...]:
    return tuple(
        SealedColumn(
            table=table,
            column=f"{name}_sealed",
            scope=scope,
            row=row,
            bound_as=f"'{name}'",
            value=f"t.{name}_sealed",
            change=f"{name}_sealed = v.fresh",
        )
        for name in names
    )


_OF_PATIENT: Final = "(SELECT p.group_id FROM patients_patient p WHERE p.id = t.patient_id)"
_OF_SEAT: Final = "(SELECT m.group_id FROM groups_membership m WHERE m.id = t.membership_id)"
_OF_FILE: Final = "coalesce(t.group_id, t.uploader_id)"

SEALED: Final = (
    *_sealed("accounts_user", "email", "name", "kana", scope="t.id"),
    *_sealed("accounts_session", "agent", "address", "data", scope="t.user_id"),
    *_sealed("accounts_addresschange", "email", "former", scope="t.user_id"),
    *_sealed("accounts_registration", "email", scope=OPERATORS),
    *_sealed("accounts_personbinding", "words", scope="t.user_id", row="t.user_id"),
    *_sealed("accounts_refusedsignin", "where", scope=OPERATORS),
    SealedColumn(
        table="mfa_authenticator",
        column="data",
        scope="t.user_id",
        row="(t.data ->> 'id')::uuid",
        bound_as="t.type",
        value=_FACTOR,
        change=_FACTOR_SET,
        first=0,
    ),
    *_sealed("exports_exportplan", "pass_phrase", scope="t.facility_id"),
    *_sealed("exports_export", "reason", "pass_phrase", "key", scope="t.facility_id"),
    *_sealed("facilities_facility", "address", "contact", scope="t.id"),
    *_sealed("facilities_facilityruling", "reason", scope=OPERATORS),
    *_sealed(
        "facilities_facilityapplication", "name", "kana", "address", "contact", scope=OPERATORS
    ),
    *_sealed("facilities_customrole", "name", scope="t.facility_id"),
    *_sealed("facilities_staffinvitation", "email", "name", scope="t.facility_id"),
    *_sealed("groups_group", "name", scope="t.id"),
    *_sealed("groups_connectionoffer", "email", scope="t.asker_id"),
    *_sealed("groups_invitation", "email", "name", scope="t.group_id"),
    *_sealed("patients_patient", "face_sheet", scope="t.group_id"),
    *_sealed("patients_consent", "words", "withdrawal", scope=_OF_PATIENT),
    *_sealed("patients_emergencyaccess", "reason", scope=_OF_SEAT),
    *_sealed("timeline_post", "body", scope="t.group_id"),
    *_sealed("timeline_postversion", "body", scope="t.group_id"),
    *_sealed("timeline_attachment", "key", "name", scope=_OF_FILE),
    *_sealed("support_probe", "password", scope=OPERATORS),
    *_sealed("support_typedcommand", "name", "account", "reason", scope=OPERATORS),
    *_sealed("search_documenttext", "words", scope="t.group_id"),
    *_sealed("audit_signingkey", "private", scope=OPERATORS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFiles:
    """A kind of sealed files, each with a key of its own, which stands sealed in its row."""

    kind: str
    table: str
    key: str
    is_kept: str


FILES: Final = (
    SealedFiles(kind="content", table="timeline_attachment", key="key_sealed", is_kept="true"),
    SealedFiles(
        kind="thumbnail",
        table="timeline_attachment",
        key="key_sealed",
        is_kept="t.thumbnail_bytes IS NOT NULL",
    ),
    SealedFiles(
        kind="archive", table="exports_export", key="key_sealed", is_kept="t.key_sealed IS NOT NULL"
    ),
)
