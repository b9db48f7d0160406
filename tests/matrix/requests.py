"""How each address is called in the matrix: with what is really there, at the side in question."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from carestation.accounts.choices import Proof
from carestation.accounts.commands.factors import give_fixed_secret
from carestation.accounts.commands.operators import begin_operator
from carestation.accounts.commands.sessions import OpenedSession
from carestation.accounts.queries.consoles import take_first_console
from carestation.facilities.choices import Right
from carestation.facilities.commands.invitations import invite_staff
from carestation.facilities.commands.roles import NewRole, make_role
from carestation.groups.choices import Side
from carestation.groups.commands.memberships import end_membership
from carestation.kernel.ids import uuid7
from carestation.support.commands.outages import Telling, open_outage
from carestation.support.models import Outage
from carestation.timeline.commands.changes import withdraw_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from tests.accounts.signing_in import sign_in_client
from tests.exports.people import a_made
from tests.facilities.people import a_manager, an_invited
from tests.groups.people import agreed, family, invite
from tests.patients.custody import a_passing_proposal
from tests.patients.emergencies import an_emergency
from tests.settled import Settling
from tests.world import World, a_person, settle

WHO: Final = (
    "anon",
    "half",
    "bare",
    "kato",
    "sato",
    "mori",
    "ito",
    "ueda",
    "abe",
    "oka",
)
IS_AT: Final = (Side.PROFESSIONAL, Side.PATIENT)


@dataclass(frozen=True)
class Stage:
    """The world, with two posts of Kato's, one of them taken back, and a file at each side."""

    world: World
    moris: UUID
    posts: dict[Side, UUID]
    taken_back: dict[Side, UUID]
    files: dict[Side, UUID]
    invitation: UUID
    role: UUID
    invited: UUID
    access: UUID
    transfer: UUID
    export: UUID


def a_picture() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, "PNG")
    return file.getvalue()


def set_stage(world: World) -> Stage:
    """Add Abe, who manages the facility, and Oka, the operator; neither sits in the group."""
    kato = world.actor("kato")
    world.people["oka"] = a_person("oka")
    abe = a_manager(world)
    [invitation] = invite_staff(abe, [an_invited()])
    role = make_role(abe, NewRole(name="事務リーダー", rights=frozenset({Right.INVITE_STAFF})))
    console = take_first_console()
    begin_operator(console, world.people["oka"].pk)
    open_outage(console, Telling(title="写真が開けません", began_at=timezone.now()))
    agreed(world)
    invited = invite(world, "sato", family()).invitation
    posts, taken_back, files = {}, {}, {}
    for side in IS_AT:
        file = upload_file(kato, "a.png", a_picture()).file
        draft = Draft(id=uuid7(), body="お変わりありません。", attachments=(file.id,))
        posts[side] = publish_post(world.seat("kato", side), draft).post.pk
        files[side] = file.id
        mistake = Draft(id=uuid7(), body="まちがえました。")
        taken_back[side] = publish_post(world.seat("kato", side), mistake).post.pk
        withdraw_post(world.seat("kato", side), taken_back[side])
    access = an_emergency(world, "ito")
    end_membership(world.seat("ito", Side.PROFESSIONAL), access.membership_id)
    transfer = a_passing_proposal(world, abe, "ito")
    return Stage(
        world=world,
        moris=world.membership("mori").pk,
        posts=posts,
        taken_back=taken_back,
        files=files,
        invitation=invitation.pk,
        role=role.pk,
        invited=invited.pk,
        access=access.pk,
        transfer=transfer.pk,
        export=a_made(world, "abe").pk,
    )


STAGE: Final = Settling(lambda: set_stage(settle()))


def a_client(stage: Stage, who: str) -> tuple[Client, OpenedSession | None]:
    """Return a client as one of the columns, and its session."""
    client = Client(raise_request_exception=False)
    people = stage.world.people
    if who == "anon":
        return client, None
    if who == "half":
        give_fixed_secret(people["kato"].pk, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        return client, sign_in_client(client, people["kato"], proof=Proof.PASSWORD, is_half=True)
    if who == "bare":
        return client, sign_in_client(client, people["sato"], proof=Proof.PASSWORD)
    proof = {"mori": Proof.PASSWORD, "oka": Proof.PASSKEY}.get(who, Proof.TOTP)
    return client, sign_in_client(client, people[who], proof=proof)


@contextmanager
def acting_as_one(stage: Stage, who: str) -> Iterator[tuple[Client, OpenedSession | None]]:
    """Be one of the columns for a while."""
    with transaction.atomic():
        yield a_client(stage, who)
        transaction.set_rollback(True)


@contextmanager
def taken_back(client: Client) -> Iterator[None]:
    """Let nothing stay of what is asked meanwhile: no row, and no cookie."""
    kept = deepcopy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = kept


def path_of(stage: Stage, name: str, side: Side | None, session: OpenedSession | None) -> str:
    """Return the address, its parts filled with what is there (or could be)."""
    world, at = stage.world, side if side in stage.posts else Side.PROFESSIONAL
    assert at is not None
    known: dict[str, object] = {
        "group_id": world.group.pk,
        "group": world.group.pk,
        "side": side or Side.PROFESSIONAL,
        "seq": 0,
        "post_id": (stage.taken_back if name == "timeline:restore" else stage.posts)[at],
        "post": stage.posts[at],
        "file_id": stage.files[at],
        "file": stage.files[at],
        "membership_id": stage.moris,
        "session_id": session.session_id if session else uuid7(),
        "factor_id": 1,
        "slug": "timeline",
        "facility_id": world.facility.pk,
        "invitation_id": stage.invitation if name.startswith("facilities:") else stage.invited,
        "ruling": "freeze",
        "access_id": stage.access,
        "role_id": stage.role,
        "transfer_id": stage.transfer,
        "offer_id": uuid7(),
        "connection_id": uuid7(),
        "staff_id": world.staff["sato"].pk,
        "search_id": uuid7(),
        "export_id": stage.export,
    }
    if "outage_id" in PARTS.get(name, ()):
        known["outage_id"] = Outage.objects.get().pk
    return reverse(name, kwargs={key: known[key] for key in PARTS.get(name, ())})


PARTS: dict[str, tuple[str, ...]] = {}
FORM: Final = "application/x-www-form-urlencoded"
BODIES: Final[dict[str, Callable[[], str]]] = {
    "search:search": lambda: "words=x",
    "timeline:publish": lambda: f"draft_id={uuid7()}&body=x&is_confirmed=on",
    "timeline:read": lambda: "number=1",
    "timeline:edit": lambda: "body=x",
    "timeline:acknowledgement": lambda: "acknowledged=yes",
    "facilities:invitations": lambda: "email=a@example.org&profession=nurse&role=member",
    "groups:end_place": lambda: "cause=retired",
    "patients:invite": lambda: "name=x&email=nobody@example.org&role=professional",
}
JSONS: Final[dict[str, Callable[[], str]]] = {
    "api:list_posts": lambda: json.dumps({"draft_id": str(uuid7()), "body": "x"}),
    "api:move_mark": lambda: '{"number": 1}',
    "api:create_session": lambda: '{"email": "x@example.org", "password": "x"}',
}


def call(client: Client, name: str, method: str, path: str) -> int:
    """Send one request as a browser or a program would; return the status."""
    if name in {"timeline:upload", "api:upload"}:
        file = SimpleUploadedFile("a.png", a_picture(), content_type="image/png")
        return client.post(path, {"file": file}).status_code
    if name in JSONS and method != "get":
        answer = client.generic(
            method.upper(), path, JSONS[name](), content_type="application/json"
        )
        return answer.status_code
    body = BODIES[name]() if name in BODIES and method == "post" else ""
    return client.generic(method.upper(), path, body, content_type=FORM).status_code
