"""Exports as people ask for them, and as the program for outside reads them."""

from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from django.utils import timezone

from carestation.audit.queries.record import Asked
from carestation.exports.choices import Extent
from carestation.exports.commands import making
from carestation.exports.commands.exports import Wish, ask_export
from carestation.exports.commands.making import make_export
from carestation.exports.models import Export
from carestation.exports.queries.archives import Writing, members_of
from carestation.exports.queries.exports import bytes_of_export, take_export
from carestation.exports.queries.reach import reach_of
from carestation.exports.reader.archive import Archive
from carestation.exports.reader.program import check
from carestation.facilities.commands.invitations import invite_staff
from carestation.facilities.commands.rulings import freeze_facility, unfreeze_facility
from carestation.facilities.rules import Desk
from carestation.groups.choices import Side
from carestation.kernel.acting import Work, acting_as
from carestation.kernel.ids import uuid7
from carestation.patients.commands.emergencies import review_access
from carestation.timeline.commands.acknowledgements import acknowledge_post
from carestation.timeline.commands.changes import edit_post, withdraw_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.vault.archives import encrypted_archive
from tests.accounts.operating import a_console
from tests.facilities.people import an_invited, desk_of
from tests.groups.people import agreed, family, invite
from tests.patients.emergencies import REASON, an_emergency
from tests.timeline.pictures import a_jpeg
from tests.world import World, a_draft

PHRASE: Final = "kagami-no-numa-ni-utsuru-tsuki-7"
PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


def a_wish(extent: Extent = Extent.FACILITY, pass_phrase: str = PHRASE) -> Wish:
    return Wish(extent=extent, reason="夏の点検の前の控え", pass_phrase=pass_phrase)


def asked(desk: Desk, extent: Extent = Extent.FACILITY) -> Export:
    return ask_export(desk, a_wish(extent))


def a_made(world: World, name: str = "abe") -> Export:
    """An export whose archive lies here, without the reading that made it."""
    export = asked(desk_of(world, name))
    make_as_it_stands(export)
    return Export.objects.get(pk=export.pk)


def make_as_it_stands(export: Export) -> None:
    """Make an export within the transaction of a test, which cannot begin in another state."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "ONE_STATE", "SELECT 1")
        make_export(export.pk)


def written(
    desk: Desk, folder: Path, extent: Extent = Extent.FACILITY, asked: Asked | None = None
) -> Path:
    """Write what an export would hold now, as its archive."""
    path = folder / "export.zip"
    with acting_as(Work.EXPORT, of=desk.facility_id), path.open("wb") as file:
        reach = reach_of(desk.facility_id, desk.actor.user_id, extent)
        now = timezone.now()
        writing = Writing(reach=reach, actor=desk.actor, extent=extent, at=now, asked=asked)
        file.writelines(encrypted_archive(members_of(writing), PHRASE))
    return path


def opened(path: Path) -> dict[str, str]:
    """Return every readable member of an archive as text, after the reader checked it."""
    archive = Archive(path, PHRASE)
    check(archive)
    names = [one for one in archive.names() if not one.startswith(("files/", "thumbnails/"))]
    return {name: archive.whole(name).decode() for name in names}


def fetched(desk: Desk, export_id: UUID, folder: Path) -> Path:
    path = folder / "fetched.zip"
    found = take_export(desk, export_id)
    with path.open("wb") as file:
        file.writelines(bytes_of_export(found, 0, found.sealed.size_bytes))
    return path


def a_busy_facility(world: World, desk: Desk) -> list[str]:
    """Let people be invited, take a seat in an emergency, be reviewed, and an operator rule.

    Returns the words that were typed.
    """
    agreed(world)
    invite(world, "kato", family())
    invite_staff(desk, [an_invited()])
    review_access(desk, an_emergency(world, "ito").pk, ends=False)
    console = a_console()
    freeze_facility(console, world.facility.pk, "届出を確かめるまで止めます。")
    unfreeze_facility(console, world.facility.pk, "届出を確かめました。")
    invited = ["佐伯 美紀", "林 さくら", "hayashi@example.org"]
    return [*invited, REASON, "届出を確かめるまで止めます。", "届出を確かめました。"]


def a_busy_group(world: World) -> dict[str, UUID]:
    """Let people write, answer, edit, withdraw, sign and hand in, on both sides of the group."""
    kato, sato, mori = world.seat("kato", PRO), world.seat("sato", PRO), world.seat("mori", PAT)
    first = publish_post(kato, a_draft("血圧は150でした。")).post
    file = upload_file(world.actor("kato"), "足の写真.jpg", a_jpeg()).file
    publish_post(kato, Draft(id=uuid7(), body="両足のむくみ", attachments=(file.id,)))
    answer = Draft(id=uuid7(), body="薬を減らします。", parent_id=first.pk)
    reply = publish_post(sato, answer).post
    edited = publish_post(sato, a_draft("朝に半錠")).post
    edit_post(sato, edited.pk, "朝と夕に半錠")
    gone = publish_post(kato, a_draft("取り消す言葉")).post
    withdraw_post(kato, gone.pk)
    acknowledge_post(sato, first.pk)
    family = publish_post(mori, a_draft("昨夜はよく眠れました。")).post
    return {
        "first": first.pk,
        "file": file.id,
        "reply": reply.pk,
        "edited": edited.pk,
        "gone": gone.pk,
        "family": family.pk,
    }
