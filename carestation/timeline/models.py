"""Posts, what they said before, who acknowledged them, and what is attached.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from carestation.groups.choices import Side
from carestation.groups.models.groups import Group
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import Seat
from carestation.kernel.ids import uuid7
from carestation.timeline.choices import MediaType, Urgency
from carestation.vault.sealing import Place


class PostQuerySet(models.QuerySet["Post"]):
    """Filters."""

    def of(self, seat: Seat) -> Self:
        """Those at the side of the seat."""
        return self.filter(group_id=seat.group_id, side=seat.side)


class Post(models.Model):
    """What a member wrote, sealed.

    `number` is its place among the posts of its side, `seq` and `changed_seq` the change that
    wrote it and its last one, `last_number` the newest post of the thread that it begins. One
    foreign key holds membership, group and author together (`timeline_post_is_its_members`).
    """

    id = models.UUIDField(primary_key=True)
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    side = models.CharField(max_length=20, choices=Side)
    number = models.BigIntegerField()
    last_number = models.BigIntegerField()
    seq = models.BigIntegerField()
    changed_seq = models.BigIntegerField()
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    draft_id = models.UUIDField()
    body_sealed = models.BinaryField()
    urgency = models.CharField(max_length=10, choices=Urgency)
    asks_acknowledgement = models.BooleanField()
    mentions = ArrayField(models.UUIDField())
    published_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        """One post per draft, one place per post, one number per change."""

        constraints = [
            models.UniqueConstraint(
                fields=["group", "author", "draft_id"], name="timeline_draft_is_published_once"
            ),
            models.UniqueConstraint(
                fields=["group", "side", "number"], name="timeline_post_has_its_place"
            ),
            models.UniqueConstraint(
                fields=["group", "side", "changed_seq"], name="timeline_change_is_of_one_post"
            ),
        ]
        indexes = [
            models.Index(
                fields=["group", "side", "-last_number"],
                condition=models.Q(parent=None),
                name="timeline_threads_in_order",
            ),
            models.Index(
                fields=["group", "side", "number"],
                condition=models.Q(asks_acknowledgement=True),
                name="timeline_asking_posts",
            ),
            models.Index(
                fields=["parent", "number"],
                condition=models.Q(parent__isnull=False),
                name="timeline_replies_in_order",
            ),
        ]

    def __str__(self) -> str:
        """Return the id: the words are sealed."""
        return str(self.pk)

    @staticmethod
    def body_place(post_id: UUID) -> Place:
        """Return where the words of a post are sealed."""
        return Place("timeline_post", "body", post_id)


class PostVersion(models.Model):
    """What a post said before it was edited."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    body_sealed = models.BinaryField()
    until_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the id: the words are sealed."""
        return str(self.pk)

    @staticmethod
    def body_place(version_id: UUID) -> Place:
        """Return where the earlier words are sealed."""
        return Place("timeline_postversion", "body", version_id)


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    """Filters."""

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(withdrawn_at=None)


class Acknowledgement(models.Model):
    """A deliberate sign under a post; taking it back is recorded too."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+", db_index=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        """One standing sign per person and post."""

        constraints = [
            models.UniqueConstraint(
                fields=["post", "user"],
                condition=models.Q(withdrawn_at=None),
                name="timeline_person_acknowledges_once",
            )
        ]

    def __str__(self) -> str:
        """Return the post."""
        return str(self.post_id)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Filters."""

    def waiting(self) -> Self:
        """Those that no post carries."""
        return self.filter(post=None)

    def of_uploader(self, user_id: UUID) -> Self:
        """Those that one person handed in."""
        return self.filter(uploader_id=user_id)

    def shown_at(self, seat: Seat) -> Self:
        """Those of posts at the side of the seat that stand."""
        posts = self.filter(group_id=seat.group_id, post__group_id=seat.group_id)
        return posts.filter(post__side=seat.side, post__withdrawn_at=None)

    def pictures(self) -> Self:
        """Those that are looked at in place."""
        return self.exclude(media_type=MediaType.PDF)

    def documents(self) -> Self:
        """Those that are read elsewhere."""
        return self.filter(media_type=MediaType.PDF)


class Attachment(models.Model):
    """A sealed file: its uploader's until a post carries it, from then on the group's.

    Its content is sealed in pieces with a key of its own, which is wrapped (`key_sealed`) under
    the scope that owns it: the uploader's, later the group's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(default=0)
    media_type = models.CharField(max_length=20, choices=MediaType)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    thumbnail_bytes = models.PositiveIntegerField(null=True)
    key_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    uploaded_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        """A post's file is its group's; those that wait are few, and found quickly."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(group=None, post=None)
                | models.Q(group__isnull=False, post__isnull=False),
                name="timeline_carried_file_is_the_groups",
            )
        ]
        indexes = [
            models.Index(
                fields=["uploader", "uploaded_at"],
                condition=models.Q(post=None),
                name="timeline_files_waiting",
            )
        ]

    def __str__(self) -> str:
        """Return the id: the name is sealed."""
        return str(self.pk)

    @property
    def scope_id(self) -> UUID:
        """The scope under which its key and name are sealed."""
        return self.group_id or self.uploader_id

    @staticmethod
    def name_place(attachment_id: UUID) -> Place:
        """Return where a file's name is sealed."""
        return Place("timeline_attachment", "name", attachment_id)

    @staticmethod
    def key_place(attachment_id: UUID) -> Place:
        """Return where a file's key is sealed."""
        return Place("timeline_attachment", "key", attachment_id)
