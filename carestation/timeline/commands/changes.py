"""Putting a post right, taking it back, and putting it in its place again.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.groups.commands.timelines import count_change, lock_timeline
from carestation.groups.rules import Seat
from carestation.kernel.errors import DomainError
from carestation.timeline.facts import PostEdited, PostRestored, PostWithdrawn
from carestation.timeline.models import Post, PostVersion
from carestation.timeline.queries.own import editable_post, restorable_post, withdrawable_post
from carestation.vault.scopes import open_scope


@transaction.atomic
def edit_post(seat: Seat, post_id: UUID, body: str) -> Post:
    """Put other words in the place of one's own; the earlier ones stay readable.

    Raises:
        NotVisible: no such post at this side.
        TooLate: older than fifteen minutes.
        Refused: someone else's, withdrawn, or the seat holds no longer.
        DomainError: no words.
    """
    if not body:
        raise DomainError("empty")
    timeline = lock_timeline(seat)
    post, now = editable_post(seat, post_id), timezone.now()
    bundle = open_scope(seat.group_id, seat.actor)
    version = PostVersion(group_id=seat.group_id, post=post, until_at=now)
    earlier = bundle.unseal(post.body_sealed, Post.body_place(post_id))
    version.body_sealed = bundle.seal(earlier, PostVersion.body_place(version.pk))
    version.save(force_insert=True)
    post.body_sealed = bundle.seal(body, Post.body_place(post_id))
    post.edited_at = now
    post.changed_seq = count_change(timeline)
    post.save(update_fields=["body_sealed", "edited_at", "changed_seq"])
    announce(PostEdited(**seat.marks(), side=seat.side, post_id=post_id))
    return post


@transaction.atomic
def withdraw_post(seat: Seat, post_id: UUID) -> Post:
    """Take one's own post back: its place and the record stay, its words are not shown.

    Raises:
        NotVisible: no such post at this side.
        Refused: someone else's, withdrawn, or the seat holds no longer.
    """
    timeline = lock_timeline(seat)
    post = withdrawable_post(seat, post_id)
    post.withdrawn_at = timezone.now()
    post.changed_seq = count_change(timeline)
    post.save(update_fields=["withdrawn_at", "changed_seq"])
    announce(PostWithdrawn(**seat.marks(), side=seat.side, post_id=post_id))
    return post


@transaction.atomic
def restore_post(seat: Seat, post_id: UUID) -> Post:
    """Put one's own post that was taken back in its place again, as it was.

    Raises:
        NotVisible: no such post at this side.
        Refused: someone else's, not withdrawn, for more than thirty days, or the seat holds no
            longer.
    """
    timeline = lock_timeline(seat)
    post = restorable_post(seat, post_id)
    post.withdrawn_at = None
    post.changed_seq = count_change(timeline)
    post.save(update_fields=["withdrawn_at", "changed_seq"])
    announce(PostRestored(**seat.marks(), side=seat.side, post_id=post_id))
    return post
