"""What the hot statements say, said in the ORM."""

from django.db import transaction
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.groups.commands.timelines import count_change, lock_timeline
from carestation.groups.models.groups import Timeline
from carestation.groups.models.memberships import ReadMark
from carestation.groups.rules import Seat, may_post
from carestation.kernel.errors import Refused, require
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import Draft, Published
from carestation.timeline.facts import PostPublished, ReadMarkMoved
from carestation.timeline.models import Post
from carestation.timeline.queries.messages import find_post
from carestation.vault.scopes import open_scope


@transaction.atomic
def publish_post_twin(seat: Seat, draft: Draft) -> Published:
    """Do what `publish_post` does, slowly."""
    require(allowed=may_post(seat))
    own = Post.objects.filter(group_id=seat.group_id, author_id=seat.actor.user_id)
    before = own.filter(draft_id=draft.id).first()
    if before is not None and before.side == seat.side:
        return Published(post=before, is_new=False)
    timeline = lock_timeline(seat)
    if before is not None:
        raise Refused
    parent = find_post(seat, draft.parent_id) if draft.parent_id else None
    mark = ReadMark.objects.select_for_update(no_key=True).get(pk=seat.mark_id)
    post_id, number = uuid7(), timeline.posts + 1
    bundle = open_scope(seat.group_id, seat.actor)
    post = Post(
        id=post_id,
        group_id=seat.group_id,
        side=seat.side,
        number=number,
        last_number=number,
        seq=timeline.seq + 1,
        changed_seq=timeline.seq + 1,
        parent_id=(parent.parent_id or parent.pk) if parent else None,
        author_id=seat.actor.user_id,
        membership_id=seat.membership_id,
        draft_id=draft.id,
        body_sealed=bundle.seal(draft.body, Post.body_place(post_id)),
        urgency=draft.urgency,
        asks_acknowledgement=draft.asks_acknowledgement,
        mentions=list(draft.mentions),
        published_at=timezone.now(),
    )
    post.save(force_insert=True)
    if post.parent_id:
        Post.objects.filter(pk=post.parent_id).update(last_number=number)
    count_change(timeline, posts=1)
    if mark.number == number - 1:
        mark.number = number
        mark.save(update_fields=["number"])
    announce(
        PostPublished(
            **seat.marks(),
            side=seat.side,
            post_id=post_id,
            parent_id=post.parent_id,
            urgency=draft.urgency,
        )
    )
    return Published(post=post, is_new=True)


@transaction.atomic
def mark_read_twin(seat: Seat, number: int) -> int | None:
    """Do what `mark_read` does, slowly."""
    mark = ReadMark.objects.select_for_update(no_key=True).get(pk=seat.mark_id)
    reached = min(number, Timeline.objects.get(pk=seat.timeline_id).posts)
    if reached <= mark.number:
        return None
    mark.number = reached
    mark.save(update_fields=["number"])
    said = min(number, seat.posts)
    announce(ReadMarkMoved(**seat.marks(), side=seat.side, number=said))
    return reached
