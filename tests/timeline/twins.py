"""What the hot statements say, said in the ORM."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carestation.factlog.commands import announce
from carestation.groups.commands.timelines import count_change, lock_timeline
from carestation.groups.models.groups import Timeline
from carestation.groups.models.memberships import ReadMark
from carestation.groups.rules import Seat, may_post
from carestation.kernel.errors import DomainError, require
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.posts import Draft, Published
from carestation.timeline.facts import (
    AcknowledgementWithdrawn,
    PostAcknowledged,
    PostPublished,
    ReadMarkMoved,
)
from carestation.timeline.models import Acknowledgement, AcknowledgementQuerySet, Post
from carestation.timeline.queries.messages import find_post
from carestation.vault.scopes import open_scope


@transaction.atomic
def publish_post_twin(seat: Seat, draft: Draft) -> Published:
    """Do what `publish_post` does, slowly."""
    require(allowed=may_post(seat))
    parent = find_post(seat, draft.parent_id) if draft.parent_id else None
    thread_id = (parent.parent_id or parent.pk) if parent else None
    own = Post.objects.filter(group_id=seat.group_id, author_id=seat.actor.user_id)
    before = own.filter(draft_id=draft.id).first()
    if before is not None:
        if before.side != seat.side:
            raise DomainError("draft_sent")
        return Published(seat=seat, post=before, is_new=False)
    timeline = lock_timeline(seat)
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
        parent_id=thread_id,
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
    mark.known = max(mark.known, mark.number) + 1
    if mark.known == number:
        mark.number = number
    mark.save(update_fields=["number", "known"])
    announce(
        PostPublished(
            **seat.marks(),
            side=seat.side,
            post_id=post_id,
            parent_id=post.parent_id,
            urgency=draft.urgency,
        )
    )
    return Published(seat=seat, post=post, is_new=True)


@transaction.atomic
def mark_read_twin(seat: Seat, number: int) -> int | None:
    """Do what `mark_read` does, slowly."""
    mark = ReadMark.objects.select_for_update(no_key=True).get(pk=seat.mark_id)
    reached = min(number, Timeline.objects.get(pk=seat.timeline_id).posts)
    if reached <= mark.number:
        return None
    passed = Post.objects.of(seat).filter(number__gt=mark.number, number__lte=reached)
    by_others = passed.exclude(author_id=seat.actor.user_id).count()
    mark.known = max(mark.known, mark.number) + by_others
    mark.number = reached
    mark.save(update_fields=["number", "known"])
    said = min(number, seat.posts)
    announce(ReadMarkMoved(**seat.marks(), side=seat.side, number=said))
    return reached


@transaction.atomic
def acknowledge_post_twin(seat: Seat, post_id: UUID) -> int | None:
    """Do what `acknowledge_post` does, slowly."""
    timeline, post = _locked(seat, post_id)
    if _own(seat, post_id).exists():
        return None
    Acknowledgement.objects.create(
        group_id=seat.group_id, post=post, user_id=seat.actor.user_id, at=timezone.now()
    )
    announce(PostAcknowledged(**seat.marks(), side=seat.side, post_id=post_id))
    return _counted(timeline, post)


@transaction.atomic
def withdraw_acknowledgement_twin(seat: Seat, post_id: UUID) -> int | None:
    """Do what `withdraw_acknowledgement` does, slowly."""
    timeline, post = _locked(seat, post_id)
    if not _own(seat, post_id).update(withdrawn_at=timezone.now()):
        return None
    announce(AcknowledgementWithdrawn(**seat.marks(), side=seat.side, post_id=post_id))
    return _counted(timeline, post)


def _locked(seat: Seat, post_id: UUID) -> tuple[Timeline, Post]:
    timeline, post = lock_timeline(seat), find_post(seat, post_id)
    is_others = post.author_id != seat.actor.user_id
    require(allowed=is_others and post.withdrawn_at is None and may_post(seat))
    return timeline, post


def _own(seat: Seat, post_id: UUID) -> AcknowledgementQuerySet:
    own = Acknowledgement.objects.standing().filter(group_id=seat.group_id, post_id=post_id)
    return own.filter(user_id=seat.actor.user_id)


def _counted(timeline: Timeline, post: Post) -> int:
    post.changed_seq = count_change(timeline)
    post.save(update_fields=["changed_seq"])
    return post.changed_seq
