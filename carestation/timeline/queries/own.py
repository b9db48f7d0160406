"""One's own posts, to put them right, to take them back, or to restore them.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.utils import timezone

from carestation.groups.rules import Seat
from carestation.kernel.errors import Refused, require
from carestation.timeline.models import Attachment, Post, PostVersion
from carestation.timeline.queries.messages import find_post
from carestation.timeline.rules import EDITABLE, RESTORABLE, may_edit, may_restore, may_withdraw
from carestation.vault.scopes import open_scope


class TooLate(Refused):
    """A post is put right for fifteen minutes; these are over."""

    def __init__(self) -> None:
        super().__init__("too_late")


def withdrawable_post(seat: Seat, post_id: UUID) -> Post:
    """Return a post that the actor may take back.

    Raises:
        NotVisible: no such post at this side.
        Refused: someone else's, withdrawn, or an archived group.
    """
    post = find_post(seat, post_id)
    require(allowed=may_withdraw(seat, post))
    return post


def editable_post(seat: Seat, post_id: UUID) -> Post:
    """Return a post that the actor may put right now.

    Raises:
        NotVisible: no such post at this side.
        TooLate: older than fifteen minutes.
        Refused: someone else's, withdrawn, or an archived group.
    """
    post, now = find_post(seat, post_id), timezone.now()
    if may_withdraw(seat, post) and now - post.published_at >= EDITABLE:
        raise TooLate
    require(allowed=may_edit(seat, post, now))
    return post


def restorable_post(seat: Seat, post_id: UUID) -> Post:
    """Return a post that the actor took back and may put in its place again now.

    Raises:
        NotVisible: no such post at this side.
        Refused: someone else's, not withdrawn, for thirty days already, or an archived group.
    """
    post, now = find_post(seat, post_id), timezone.now()
    own = post.author_id == seat.actor.user_id
    late = own and post.withdrawn_at is not None and now - post.withdrawn_at >= RESTORABLE
    require(allowed=may_restore(seat, post, now), reason="gone_too_long" if late else "")
    return post


def words_taken_back(seat: Seat, post_id: UUID) -> str:
    """Return what a post said that the actor may put in its place again.

    Raises:
        NotVisible, Refused: as `restorable_post`.
    """
    post = restorable_post(seat, post_id)
    return open_scope(seat.group_id, seat.actor).unseal(post.body_sealed, Post.body_place(post_id))


def first_words(seat: Seat, post: Post) -> str:
    """Return what a post said when it was written, whatever it says now."""
    bundle = open_scope(seat.group_id, seat.actor)
    versions = PostVersion.objects.filter(group_id=seat.group_id, post_id=post.pk)
    first = versions.order_by("until_at", "id").first()
    if first is None:
        return bundle.unseal(post.body_sealed, Post.body_place(post.pk))
    return bundle.unseal(first.body_sealed, PostVersion.body_place(first.pk))


def files_of(post: Post) -> set[UUID]:
    """Return which files a post carries."""
    carried = Attachment.objects.filter(group_id=post.group_id, post_id=post.pk)
    return set(carried.values_list("pk", flat=True))
