"""What a copy is made of in `benchmarks.exporting`: pictures in posts, and who asks for it."""

from typing import Final
from uuid import UUID

from PIL import Image

from benchmarks.exporting import PHRASE
from carestation.accounts.commands.people import NewPerson, register_person
from carestation.exports.choices import Extent
from carestation.exports.commands.exports import Wish, ask_export
from carestation.facilities.choices import Profession, StaffRole
from carestation.facilities.commands.staff import begin_staff
from carestation.facilities.queries.desks import take_desk
from carestation.facilities.rules import DESK_RIGHTS
from carestation.groups.choices import Side
from carestation.groups.models.memberships import Membership
from carestation.groups.queries.seats import take_seat
from carestation.kernel.actor import Actor
from carestation.kernel.ids import uuid7
from carestation.timeline.commands.files import upload_file
from carestation.timeline.commands.posts import Draft, publish_post
from carestation.vault.models import OPERATOR
from tests.timeline.pictures import encoded

NOISE: Final = 80


def asked_export(files: int, files_a_post: int, size: tuple[int, int], words: str) -> UUID:
    """Post so many pictures, and let a manager of the facility ask for a copy of everything."""
    member = Membership.objects.active().select_related("staff").order_by("pk")[0]
    actor = Actor(user_id=member.user_id, request_id=uuid7())
    seat = take_seat(actor, member.group_id, Side.PROFESSIONAL)
    # As large as a photograph of that size: noise does not get smaller.
    picture = encoded(Image.effect_noise(size, NOISE).convert("RGB"), "JPEG")
    for number in range(files // files_a_post):
        names = [f"{number}-{place}.jpg" for place in range(files_a_post)]
        carried = tuple(upload_file(actor, name, picture).file.id for name in names)
        publish_post(seat, Draft(id=uuid7(), body=f"{words} {number}", attachments=carried))
    if member.staff is None:
        raise LookupError("Nobody of the load test works anywhere.")
    facility_id, operator = member.staff.facility_id, Actor(user_id=OPERATOR, request_id=uuid7())
    new = NewPerson(
        email=f"{uuid7().hex}@load.example",
        name="負荷 管理",
        kana="ふか かんり",
        password="",
        is_professional=True,
    )
    manager = register_person(operator, new)
    begin_staff(
        operator,
        facility_id,
        manager.pk,
        profession=Profession.CLERK,
        role=StaffRole.MANAGER,
    )
    asking = Actor(user_id=manager.pk, request_id=uuid7())
    desk = take_desk(asking, facility_id, *DESK_RIGHTS)
    wish = Wish(extent=Extent.FACILITY, reason="測る", pass_phrase=PHRASE)
    return ask_export(desk, wish).pk
