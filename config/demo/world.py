"""The demo world as machines and people read it: everything fixed, nothing from a database."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from carestation.groups.choices import Side
from config.demo.files import FILES
from config.demo.groups import FACE_SHEET_CANARIES, GROUPS, PRO, SIDE_CANARIES, DemoGroup
from config.demo.people import FACILITIES, PEOPLE, DemoPerson
from config.demo.story import talks


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPerson:
    """A demo person, as the contract tells it. `facility` is None outside every facility."""

    email: str
    password: str
    totp_secret: str | None
    name: str
    profession: str
    facility: str | None
    role: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A word that stands in one place, and the addresses of those who may see it."""

    word: str
    where: str
    may_see: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldWorld:
    """All of it."""

    people: tuple[ToldPerson, ...]
    canaries: tuple[Canary, ...]


def told_world() -> ToldWorld:
    """Return the demo world."""
    people = tuple(_told(person) for person in PEOPLE.values())
    return ToldWorld(people=people, canaries=tuple(_canaries()))


def as_json(world: ToldWorld) -> dict[str, object]:
    """Return the demo world as the contract writes it."""
    return asdict(world)


def _told(person: DemoPerson) -> ToldPerson:
    facility = FACILITIES[person.facility].name if person.facility else None
    return ToldPerson(
        email=person.email,
        password=person.password,
        totp_secret=person.totp_secret,
        name=person.name,
        profession=str(person.profession or person.relation or "operator"),
        facility=facility,
        role=_role(person),
        state=str(person.state),
    )


def _role(person: DemoPerson) -> str:
    if person.is_operator:
        return "operator"
    return str(person.role or "family")


def _canaries() -> Iterator[Canary]:
    for (key, side), word in SIDE_CANARIES.items():
        group = GROUPS[key]
        yield _canary(word, f"post · {_named(group, side)}", group.readers_of(side))
    for key, word in FACE_SHEET_CANARIES.items():
        group = GROUPS[key]
        yield _canary(word, f"face sheet · {group.title}", group.readers_of(PRO))
    for talk in talks():
        for file in (FILES[one] for said in talk.posts for one in said.files):
            place, readers = _named(talk.group, talk.side), talk.group.readers_of(talk.side)
            yield _canary(file.canary, f"file name · {place}", readers)
            if file.canary_inside:
                yield _canary(file.canary_inside, f"text of a file · {place}", readers)


def _named(group: DemoGroup, side: Side) -> str:
    return f"{group.title} · {side}"


def _canary(word: str, where: str, readers: Iterable[str]) -> Canary:
    return Canary(word=word, where=where, may_see=tuple(PEOPLE[one].email for one in readers))
