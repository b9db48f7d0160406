"""One facility, as the operator sees it: how it stands, numbers, and what is decided about it.

It is a matter of the console; it stands here because groups are counted and seats stop here.

Controls: ISO/IEC 27017 5.18, 8.2; white paper 「利用者アクセスの管理」,
    「ユーティリティプログラム」.
"""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.accounts.queries.consoles import take_console
from carestation.accounts.rules import Console
from carestation.facilities.choices import Ruling
from carestation.facilities.commands.rulings import approve_facility, refuse_facility
from carestation.facilities.forms.rulings import RulingForm
from carestation.facilities.queries.rulings import facility_for
from carestation.groups.choices import Role
from carestation.groups.commands.freezing import freeze_seats, unfreeze_seats
from carestation.groups.pushes import push_membership
from carestation.groups.queries.consoles import count_groups
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, NotVisible
from carestation.kernel.http import CareRequest
from carestation.support.queries.consoles import frame_of

WITHOUT_SEATS: Final = {Ruling.APPROVE: approve_facility, Ruling.REFUSE: refuse_facility}
WITH_SEATS: Final = {Ruling.FREEZE: freeze_seats, Ruling.UNFREEZE: unfreeze_seats}


@require_GET
@door(Door.CONSOLE)
def facility(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show how a facility stands, and what was decided about it."""
    console = take_console(request.actor)
    return TemplateResponse(request, "groups/facility.html", _told(console, facility_id))


@require_http_methods(["GET", "POST"])
@door(Door.CONSOLE)
@freshly_confirmed
def rule(request: CareRequest, facility_id: UUID, ruling: str) -> HttpResponse:
    """Say what a decision means, ask why, and let it hold."""
    console = take_console(request.actor)
    context, asked = _told(console, facility_id), _ruling(ruling)
    form = RulingForm(request.POST if request.method == "POST" else None).for_ruling(asked)
    if form.is_valid():
        try:
            _decide(console, facility_id, asked, form.cleaned_data["reason"])
        except Conflict as error:
            form.refuse(error)
        else:
            return redirect("groups:facility", facility_id)
    context |= {"form": form, "ruling": asked}
    return TemplateResponse(request, "groups/rule.html", context, status=form.status)


def _told(console: Console, facility_id: UUID) -> dict[str, object]:
    return {
        "place": frame_of(console),
        "card": facility_for(console, facility_id),
        "numbers": count_groups(console, facility_id),
    }


def _ruling(word: str) -> Ruling:
    if word not in Ruling.values:
        raise NotVisible
    return Ruling(word)


def _decide(console: Console, facility_id: UUID, ruling: Ruling, reason: str) -> None:
    if ruling in WITHOUT_SEATS:
        WITHOUT_SEATS[ruling](console, facility_id, reason)
        return
    for one in WITH_SEATS[ruling](console, facility_id, reason):
        push_membership(one.group_id, one.pk, Role(one.role))
