"""The lists of an export: whose rows, which of their columns, and whose keys open what is sealed.

In the order in which each points to those before it, so that they can be taken in again.

Controls: ISO/IEC 27017 8.3, CLD.8.1.5; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Model, Q, QuerySet

from carestation.accounts.models import User
from carestation.exports.queries.reach import Reach
from carestation.facilities.models.facilities import Facility, FacilityRuling
from carestation.facilities.models.policies import CustomRole, Grant, Policy
from carestation.facilities.models.staff import Staff, StaffInvitation
from carestation.factlog.models import LoggedFact
from carestation.groups.models.groups import Group, Timeline
from carestation.groups.models.invitations import Invitation
from carestation.groups.models.memberships import Membership, ReadMark
from carestation.patients.models import Consent, EmergencyAccess, Patient
from carestation.timeline.models import Acknowledgement, Attachment, Post, PostVersion

_RULES: Final = (
    "id facility_id version second_factor idle_minutes absolute_hours shortest_password "
    "trusted_devices may_invite may_export family_invitations retention_years checkpoint_letters "
    "author_id decided_at"
)
_STAFF: Final = "id facility_id user_id profession began_at ended_at"
_POST: Final = (
    "id group_id side number last_number seq changed_seq parent_id author_id membership_id "
    "draft_id urgency asks_acknowledgement mentions published_at edited_at withdrawn_at"
)
_FILE: Final = (
    "id uploader_id group_id post_id place media_type size_bytes width height thumbnail_bytes "
    "uploaded_at"
)
_CONSENT: Final = (
    "id patient_id scope form given_by given_on recorder_id recorded_at withdrawn_on "
    "withdrawal_recorder_id withdrawal_recorded_at"
)
_STAFF_INVITATION: Final = (
    "id facility_id inviter_id profession role custom_role_id created_at sent_at expires_at "
    "cancelled_at accepted_at staff_id"
)
_INVITATION: Final = (
    "id group_id inviter_id role relation is_to_contact consent_id needs_manager needs_patient "
    "created_at approved_at approver_id agreed_at sent_at expires_at joined_at membership_id "
    "ended_at end_cause"
)
_FACT: Final = "id era at kind actor_id facility_id group_id patient_id object_id request_id detail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One list of an export.

    `scope`: the look-up of the scope under which its words are sealed; empty: the operator's.
    `hidden_by`: the column that, where it says something, hides the words of a row.
    `newer`: columns that archives of earlier versions do not have.
    """

    name: str
    model: type[Model]
    columns: tuple[str, ...]
    rows: Callable[[Reach], "QuerySet[Any]"]
    sealed: tuple[str, ...] = ()
    scope: str = "group_id"
    hidden_by: str = ""
    newer: frozenset[str] = frozenset()

    def as_told_by(self, names: Collection[str]) -> "Table":
        """Return the list as an earlier version wrote it, whose lines say these names."""
        missing = self.newer.difference(names)
        return replace(self, columns=tuple(one for one in self.columns if one not in missing))


def _table(
    name: str,
    columns: str,
    model: type[Model],
    rows: Callable[[Reach], Q],
    *,
    sealed: str = "",
    scope: str = "group_id",
    hidden_by: str = "",
    newer: str = "",
) -> Table:
    return Table(
        name=name,
        model=model,
        columns=tuple(columns.split()),
        rows=lambda reach: model._default_manager.filter(rows(reach)).order_by("pk"),  # noqa: SLF001 - Django's documented API
        sealed=tuple(sealed.split()),
        scope=scope,
        hidden_by=hidden_by,
        newer=frozenset(newer.split()),
    )


def _own(reach: Reach) -> Q:
    return Q(facility_id=reach.facility_id) if reach.is_whole else Q(pk=None)


def _in_groups(reach: Reach) -> Q:
    return Q(group_id__in=reach.group_ids)


def _with_posts(reach: Reach) -> Q:
    return _in_groups(reach) & Q(post__withdrawn_at=None)


def _emergencies(reach: Reach) -> Q:
    in_groups = Q(membership__group_id__in=reach.group_ids)
    return _own(reach) & in_groups


def _facts(reach: Reach) -> Q:
    """The facility's own, and in these groups: its people's, and all where it has the custody."""
    in_groups = Q(group_id__in=reach.group_ids)
    custody = Patient.objects.filter(managing_facility_id=reach.facility_id).values("group_id")
    own = in_groups & (Q(facility_id=reach.facility_id) | Q(group_id__in=custody))
    return (Q(facility_id=reach.facility_id) | own) if reach.is_whole else Q(pk=None)


TABLES: Final = (
    _table(
        "facility",
        "id name kana phone kind created_at approved_at",
        Facility,
        lambda reach: Q(pk=reach.facility_id),
        sealed="address contact",
        scope="id",
        newer="kana phone",
    ),
    _table(
        "other_facilities",
        "id name kana kind created_at",
        Facility,
        lambda reach: Q(pk__in=reach.facility_ids),
        newer="kana",
    ),
    _table(
        "people",
        "id is_professional created_at",
        User,
        lambda reach: Q(pk__in=reach.user_ids),
        sealed="name kana",
        scope="id",
    ),
    _table(
        "addresses",
        "id",
        User,
        lambda reach: Q(pk__in=reach.own_user_ids, ended_at=None),
        sealed="email",
        scope="id",
    ),
    _table("rules", _RULES, Policy, _own, newer="checkpoint_letters"),
    _table(
        "roles",
        "id facility_id version created_at ended_at",
        CustomRole,
        _own,
        sealed="name",
        scope="facility_id",
    ),
    _table(
        "rights",
        "id role_id right",
        Grant,
        lambda reach: Q(role__facility_id=reach.facility_id) if reach.is_whole else Q(pk=None),
    ),
    _table(
        "staff",
        f"{_STAFF} role custom_role_id paused_at end_cause",
        Staff,
        lambda reach: Q(pk__in=reach.own_staff_ids),
    ),
    _table(
        "other_staff",
        _STAFF,
        Staff,
        lambda reach: Q(pk__in=reach.other_staff_ids),
    ),
    _table(
        "staff_invitations",
        _STAFF_INVITATION,
        StaffInvitation,
        _own,
        sealed="email name",
        scope="facility_id",
    ),
    _table(
        "rulings",
        "id facility_id ruling ruled_at",
        FacilityRuling,
        _own,
        sealed="reason",
        scope="",
    ),
    _table(
        "groups",
        "id kind facility_id created_at archived_at",
        Group,
        lambda reach: Q(pk__in=reach.group_ids),
        sealed="name",
        scope="id",
    ),
    _table("timelines", "id group_id side seq posts", Timeline, _in_groups),
    _table(
        "members",
        "id group_id user_id staff_id role relation began_at expires_at left_at",
        Membership,
        _in_groups,
    ),
    _table("read_marks", "id group_id membership_id timeline_id number", ReadMark, _in_groups),
    _table(
        "patients",
        "id group_id managing_facility_id version changed_at changer_id",
        Patient,
        _in_groups,
        sealed="face_sheet",
        newer="changer_id",
    ),
    _table(
        "consents",
        _CONSENT,
        Consent,
        lambda reach: Q(patient__group_id__in=reach.group_ids),
        sealed="words withdrawal",
        scope="patient__group_id",
    ),
    _table("invitations", _INVITATION, Invitation, _in_groups, sealed="name"),
    _table(
        "emergencies",
        "id facility_id membership_id reviewer_id reviewed_at",
        EmergencyAccess,
        _emergencies,
        sealed="reason",
        scope="membership__group_id",
    ),
    _table("posts", _POST, Post, _in_groups, sealed="body", hidden_by="withdrawn_at"),
    _table(
        "earlier_texts", "id group_id post_id until_at", PostVersion, _with_posts, sealed="body"
    ),
    _table(
        "acknowledgements",
        "id group_id post_id user_id at withdrawn_at",
        Acknowledgement,
        _in_groups,
    ),
    _table("files", _FILE, Attachment, _with_posts, sealed="name"),
    _table("facts", _FACT, LoggedFact, _facts),
)
