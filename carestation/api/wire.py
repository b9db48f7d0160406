"""What programs get, beside posts (`timeline.wire`): the contract's fields and what fills them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NotRequired, TypedDict

from carestation.accounts.commands.sessions import OpenedSession
from carestation.api.queries import Account
from carestation.facilities.models.staff import Staff
from carestation.groups.choices import Kind, Side
from carestation.kernel.shapes import Format
from carestation.patients.queries.face_sheets import PatientCard
from carestation.search.queries.finding import Found
from carestation.timeline.commands.files import Uploaded
from carestation.timeline.queries.home import GroupRow, SideRow
from carestation.timeline.queries.standing import Reach, Reached
from carestation.timeline.wire import Id, Moment, PersonJson, PostJson, japan_time, member_json


class OwnJson(TypedDict):
    """The person who asks."""

    id: Id
    name: str
    kana: str
    email: str


class SessionJson(TypedDict):
    """A session. The token is said once."""

    token: str
    expires_at: Moment
    person: OwnJson


class WorkplaceJson(TypedDict):
    """A place in a facility."""

    id: Id
    name: str
    kind: str
    profession: str
    role: str


class PoliciesJson(TypedDict):
    """What binds the person: set by the product, later by their facilities too."""

    second_factor: bool
    session_seconds: int
    edit_seconds: int


class MeJson(TypedDict):
    """Who asks, where they work, and what binds them."""

    person: OwnJson
    facilities: list[WorkplaceJson]
    policies: PoliciesJson


class PatientJson(TypedDict):
    """Whom a patient's group is around; `has_namesake`: another of one's patients is so called."""

    id: Id
    name: str
    kana: str
    birth_date: Annotated[str, Format(name="date")]
    sex: str
    care_level: str
    has_namesake: bool


class SideJson(TypedDict):
    """One side of a group; `read`: the number of the post up to which one has read."""

    side: Side
    seq: int
    posts: int
    read: int
    unread: int


class GroupJson(TypedDict):
    """A group in which one sits, with the sides that are open to one."""

    id: Id
    kind: Kind
    name: str
    patient: NotRequired[PatientJson]
    is_archived: bool
    sides: list[SideJson]


class PostsJson(TypedDict):
    """A page of posts; `more`: there are others behind the last."""

    posts: list[PostJson]
    more: bool


class SignJson(TypedDict):
    """Who gave the sign 了解, and when."""

    person: PersonJson
    at: Moment


class SignsJson(TypedDict):
    """The signs under a post, and who was asked and is missing."""

    post: Id
    acknowledged: list[SignJson]
    missing: list[PersonJson]


class HitJson(TypedDict):
    """A post that was found; `file`: the one of its files that was found, null for its words.

    `excerpt`: the words around what was looked for, in one line.
    """

    post: Id
    group: Id
    side: Side
    excerpt: str
    file: Id | None


class HitsJson(TypedDict):
    """What was found, newest first; `more`: there are others behind the last.

    `until`: the index is behind, and posts from then on are not found yet.
    """

    hits: list[HitJson]
    more: bool
    until: Moment | None


class MarkJson(TypedDict):
    """Up to which post one has read."""

    number: int


class UploadedJson(TypedDict):
    """A file that was taken, as it is kept: written anew, so its size and type may differ."""

    id: Id
    name: str
    type: str
    size_bytes: int
    sha256: str


def session_json(opened: OpenedSession, account: Account) -> SessionJson:
    """Return a session that was opened just now."""
    expires_at = japan_time(opened.expires_at)
    return SessionJson(token=opened.token, expires_at=expires_at, person=_own(account))


def me_json(account: Account) -> MeJson:
    """Return the person who asks."""
    return MeJson(
        person=_own(account),
        facilities=[_workplace(staff) for staff in account.places],
        policies=PoliciesJson(
            second_factor=account.must_have_factor,
            session_seconds=account.session_seconds,
            edit_seconds=account.edit_seconds,
        ),
    )


def group_json(row: GroupRow) -> GroupJson:
    """Return a group in which one sits."""
    group = GroupJson(
        id=str(row.id),
        kind=row.kind,
        name=row.name,
        is_archived=row.is_archived,
        sides=[_side(one) for one in row.sides],
    )
    if row.patient is not None:
        group["patient"] = _patient(row.patient)
    return group


def signs_json(post_id: Id, reach: Reach) -> SignsJson:
    """Return whom a post has reached: the first sign first."""
    return SignsJson(
        post=post_id,
        acknowledged=_signs(reach.acknowledged),
        missing=[member_json(one.member) for one in reach.missing],
    )


def hits_json(found: Found, until: datetime | None) -> HitsJson:
    """Return what was found."""
    return HitsJson(
        hits=[
            HitJson(
                post=str(hit.post_id),
                group=str(hit.seat.group_id),
                side=hit.seat.side,
                excerpt=hit.excerpt,
                file=str(hit.file_id) if hit.file_id else None,
            )
            for hit in found.hits
        ],
        more=found.has_more,
        until=japan_time(until) if until else None,
    )


def uploaded_json(uploaded: Uploaded) -> UploadedJson:
    """Return a file that was taken."""
    file = uploaded.file
    return UploadedJson(
        id=str(file.id),
        name=file.name,
        type=file.media_type.value,
        size_bytes=file.size_bytes,
        sha256=uploaded.sha256,
    )


def _own(account: Account) -> OwnJson:
    person = account.person
    return OwnJson(id=str(person.id), name=person.name, kana=person.kana, email=account.email)


def _workplace(staff: Staff) -> WorkplaceJson:
    return WorkplaceJson(
        id=str(staff.facility_id),
        name=staff.facility.name,
        kind=staff.facility.kind,
        profession=staff.profession,
        role=staff.role,
    )


def _patient(card: PatientCard) -> PatientJson:
    sheet = card.face_sheet
    return PatientJson(
        id=str(card.id),
        name=sheet.name,
        kana=sheet.kana,
        birth_date=sheet.birth_date.isoformat(),
        sex=sheet.sex.value,
        care_level=sheet.care_level.value,
        has_namesake=card.has_namesake,
    )


def _side(row: SideRow) -> SideJson:
    seat = row.seat
    return SideJson(
        side=seat.side, seq=seat.seq, posts=seat.posts, read=seat.mark, unread=seat.unread
    )


def _signs(reached: Sequence[Reached]) -> list[SignJson]:
    signs = [
        SignJson(person=member_json(one.member), at=japan_time(one.acknowledged_at))
        for one in reached
        if one.acknowledged_at is not None
    ]
    return sorted(signs, key=lambda sign: sign["at"])
