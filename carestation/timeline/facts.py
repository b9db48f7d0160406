"""What happened in timelines."""

from dataclasses import dataclass
from uuid import UUID

from carestation.factlog.facts import Fact
from carestation.groups.choices import Side
from carestation.timeline.choices import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPublished(Fact, kind="timeline.PostPublished", of="post_id"):
    """A member wrote a post. Its words stay in the vault: a follower that needs them asks again."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    post_id: UUID
    parent_id: UUID | None = None
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEdited(Fact, kind="timeline.PostEdited", of="post_id"):
    """A member put other words in a post's place."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWithdrawn(Fact, kind="timeline.PostWithdrawn", of="post_id"):
    """A member took a post back."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRestored(Fact, kind="timeline.PostRestored", of="post_id"):
    """A member put a post that they had taken back in its place again."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAcknowledged(Fact, kind="timeline.PostAcknowledged", of="post_id"):
    """A member gave the sign 了解."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementWithdrawn(Fact, kind="timeline.AcknowledgementWithdrawn", of="post_id"):
    """A member took the sign 了解 back."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMarkMoved(Fact, kind="timeline.ReadMarkMoved", of="group_id"):
    """A member has read up to a post."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineViewed(Fact, kind="timeline.TimelineViewed", of="group_id"):
    """A member looked at a side of a group."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class PostViewed(Fact, kind="timeline.PostViewed", of="post_id"):
    """A member looked at one post: who has read it, or what it said before."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side
    post_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumViewed(Fact, kind="timeline.AlbumViewed", of="group_id"):
    """A member looked at the pictures of a side."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUploaded(Fact, kind="timeline.FileUploaded", of="attachment_id"):
    """A person handed in a file; no post carries it yet."""

    actor_id: UUID
    attachment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FileViewed(Fact, kind="timeline.FileViewed", of="attachment_id"):
    """A person opened a file."""

    actor_id: UUID
    facility_id: UUID | None = None
    group_id: UUID | None = None
    attachment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiscarded(Fact, kind="timeline.FileDiscarded", of="attachment_id"):
    """A file that no post carried was thrown away: by its uploader, or after a day by nobody."""

    actor_id: UUID | None = None
    attachment_id: UUID
