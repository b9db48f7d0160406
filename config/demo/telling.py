"""Letting the demo's people write, answer, sign, put right and take back, in the story's order."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from carestation.facilities.choices import EndCause, Right, StaffRole
from carestation.facilities.commands.staff import end_staff
from carestation.facilities.queries.desks import take_desk
from carestation.groups.choices import Side
from carestation.groups.commands.memberships import end_membership
from carestation.groups.models.memberships import Membership
from carestation.groups.rules import SIDES_OF
from carestation.kernel.ids import uuid7
from carestation.timeline.choices import Urgency
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.changes import edit_post, withdraw_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.timeline.commands.reading import mark_read
from config.demo.files import FILES
from config.demo.groups import GROUPS, UNREAD, DemoGroup
from config.demo.people import PEOPLE, State
from config.demo.settling import DemoWorld
from config.demo.story import Said, Talk, moment

EDITED_AFTER: Final = timedelta(minutes=6)
WITHDRAWN_AFTER: Final = timedelta(minutes=5)
FIRST_SIGN_AFTER: Final = timedelta(minutes=4)
BETWEEN_SIGNS: Final = timedelta(minutes=5)
LEFT_DAYS_AGO: Final = 12
LEFT_AT: Final = "18:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that someone does, and when."""

    at: datetime
    act: Callable[[datetime], None]


class Teller:
    """Tells the story in a world that is settled."""

    def __init__(self, world: DemoWorld) -> None:
        """Take the world; no post has an id yet."""
        self._world = world
        self._post_ids: dict[tuple[str, Side, str], UUID] = {}

    def tell(self, talks: Sequence[Talk]) -> None:
        """Let everything happen, in the order of its times; then let everyone read."""
        steps = [step for talk in talks for step in self._steps_of(talk)]
        left_at = moment(LEFT_DAYS_AGO, LEFT_AT, self._world.now)
        steps.append(Step(at=left_at, act=self._let_leave))
        for step in sorted(steps, key=lambda one: one.at):
            step.act(step.at)
        for talk in talks:
            self._let_read(talk)

    def _steps_of(self, talk: Talk) -> Iterator[Step]:
        for place, said in enumerate(talk.posts):
            key = (talk.group.key, talk.side, said.key or str(place))
            at = said.moment(self._world.now)
            yield Step(at=at, act=partial(self._publish, talk, said, key))
            if said.earlier:
                yield self._after(at, EDITED_AFTER, partial(self._edit, talk, said, key))
            if said.withdrawn:
                yield self._after(at, WITHDRAWN_AFTER, partial(self._withdraw, talk, said, key))
            for order, who in enumerate(talk.signs_under(said)):
                wait = FIRST_SIGN_AFTER + order * BETWEEN_SIGNS
                yield self._after(at, wait, partial(self._sign, talk, who, key))

    def _after(self, at: datetime, wait: timedelta, act: Callable[[datetime], None]) -> Step:
        return Step(at=min(at + wait, self._world.now), act=act)

    def _publish(self, talk: Talk, said: Said, key: tuple[str, Side, str], at: datetime) -> None:
        now, users = self._world.now, self._world.users
        parent = self._post_ids[talk.group.key, talk.side, said.to] if said.to else None
        draft = Draft(
            id=uuid7(),
            body=said.earlier_text(now) or said.text(now),
            parent_id=parent,
            urgency=Urgency.URGENT if said.urgent else Urgency.NORMAL,
            asks_acknowledgement=said.asks,
            mentions=tuple(users[one].pk for one in said.mentions),
            attachments=tuple(self._upload(said.who, file, at) for file in said.files),
        )
        seat = self._world.seat(said.who, talk.group, talk.side)
        post_id = publish_post(seat, draft).post.pk
        self._post_ids[key] = post_id
        self._world.times.note("post", post_id, at)

    def _upload(self, who: str, key: str, at: datetime) -> UUID:
        file = FILES[key]
        file_id = upload_file(self._world.actor(who), file.name, file.make()).file.id
        self._world.times.note("file", file_id, at)
        return file_id

    def _edit(self, talk: Talk, said: Said, key: tuple[str, Side, str], at: datetime) -> None:
        post_id, times = self._post_ids[key], self._world.times
        seat = self._world.seat(said.who, talk.group, talk.side)
        edit_post(seat, post_id, said.text(self._world.now))
        times.note("post edited", post_id, at)
        times.note("version of post", post_id, at)

    def _withdraw(self, talk: Talk, said: Said, key: tuple[str, Side, str], at: datetime) -> None:
        post_id = self._post_ids[key]
        withdraw_post(self._world.seat(said.who, talk.group, talk.side), post_id)
        self._world.times.note("post withdrawn", post_id, at)

    def _sign(self, talk: Talk, who: str, key: tuple[str, Side, str], at: datetime) -> None:
        seat = self._world.seat(who, talk.group, talk.side)
        acknowledge_post(seat, self._post_ids[key])
        self._world.times.note_sign(self._post_ids[key], seat.actor.user_id, at)

    def _let_leave(self, at: datetime) -> None:
        leavers = [person for person in PEOPLE.values() if person.state is State.LEFT]
        for person in leavers:
            for group in GROUPS.values():
                if person.key in group.leavers:
                    self._leave(person.key, group, at)
            staff = self._world.staff[person.key]
            manager = self._world.actor(_manager_of(person.facility))
            end_staff(
                take_desk(manager, staff.facility_id, Right.END_STAFF), staff.pk, EndCause.RETIRED
            )
            self._world.times.note("staff ended", staff.pk, at)

    def _leave(self, key: str, group: DemoGroup, at: datetime) -> None:
        for side in SIDES_OF[group.kind]:
            seat = self._world.seat(key, group, side)
            mark_read(seat, seat.posts)
        sides = sorted(SIDES_OF[group.kind], reverse=True)
        manager = self._world.seat(group.founder, group, sides[0])
        user = self._world.users[key]
        sitting = Membership.objects.active().of_group(manager.group_id).of_person(user.pk)
        membership = end_membership(manager, sitting.get().pk)
        self._world.times.note("membership left", membership.pk, at)

    def _let_read(self, talk: Talk) -> None:
        unread = UNREAD[talk.group.key, talk.side]
        for who in talk.group.readers_of(talk.side):
            seat = self._world.seat(who, talk.group, talk.side)
            mark_read(seat, seat.posts - unread.get(who, 0))


def _manager_of(facility: str) -> str:
    working = (one for one in PEOPLE.values() if one.facility == facility)
    return next(one.key for one in working if one.role is StaffRole.MANAGER)
