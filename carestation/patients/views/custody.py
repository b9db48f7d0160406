"""HTTP of custody, at a facility's desk: what it manages, what it proposes and is asked.

Controls: ISO/IEC 27017 5.18, 8.3; white paper 「利用者アクセスの管理」.
"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.accounts.gate.middleware import freshly_confirmed
from carestation.facilities.choices import Right
from carestation.facilities.queries.desks import frame_of, take_desk
from carestation.facilities.rules import Desk
from carestation.groups.choices import Role
from carestation.groups.pushes import push_membership
from carestation.groups.queries.unmanaged import candidates_in, is_managed_from
from carestation.kernel.doors import Door, door
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.http import CareRequest
from carestation.patients.commands.custody import (
    accept_custody,
    decline_custody,
    note_custody_viewed,
    propose_custody,
    withdraw_custody,
)
from carestation.patients.forms.custody import AnswerForm, ProposalForm
from carestation.patients.queries.custody import custody_at, group_at, received_at, takers_of


@require_GET
@door(Door.DESK)
def custody(request: CareRequest, facility_id: UUID) -> HttpResponse:
    """Show what the facility manages, and what it is asked and asks."""
    desk = take_desk(request.actor, facility_id, Right.TRANSFER_CUSTODY)
    note_custody_viewed(desk)
    context = {"place": frame_of(desk), "custody": custody_at(desk)}
    return TemplateResponse(request, "patients/custody.html", context)


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def propose(request: CareRequest, facility_id: UUID, group_id: UUID) -> HttpResponse:
    """Ask which facility is to manage a group, and propose it."""
    desk = take_desk(request.actor, facility_id, Right.TRANSFER_CUSTODY)
    group, takers = group_at(desk, group_id), takers_of(desk, group_id)
    form = ProposalForm(request.POST if request.method == "POST" else None, takers)
    if form.is_valid():
        try:
            propose_custody(desk, group_id, form.as_taker())
        except Conflict as error:
            form.refuse(error)
        else:
            return redirect("patients:custody", facility_id)
    note_custody_viewed(desk, group_id)
    context = {"place": frame_of(desk), "group": group, "takers": takers, "form": form}
    return TemplateResponse(request, "patients/propose_custody.html", context, status=form.status)


@require_http_methods(["GET", "POST"])
@door(Door.DESK)
@freshly_confirmed
def answer(request: CareRequest, facility_id: UUID, transfer_id: UUID) -> HttpResponse:
    """Say what taking a group means; take it, or not."""
    desk = take_desk(request.actor, facility_id, Right.TRANSFER_CUSTODY)
    card = received_at(desk, transfer_id)
    candidates = () if is_managed_from(desk, card.group.id) else candidates_in(desk, card.group.id)
    form = AnswerForm(request.POST if request.method == "POST" else None, candidates)
    if form.is_valid():
        try:
            _answer(desk, transfer_id, form)
        except (Conflict, DomainError) as error:
            form.refuse(error)
        else:
            return redirect("patients:custody", facility_id)
    note_custody_viewed(desk, card.group.id)
    context = {"place": frame_of(desk), "card": card, "form": form, "candidates": candidates}
    return TemplateResponse(request, "patients/answer_custody.html", context, status=form.status)


@require_POST
@door(Door.DESK)
@freshly_confirmed
def withdraw(request: CareRequest, facility_id: UUID, transfer_id: UUID) -> HttpResponse:
    """Take back what was proposed."""
    desk = take_desk(request.actor, facility_id, Right.TRANSFER_CUSTODY)
    withdraw_custody(desk, transfer_id)
    return redirect("patients:custody", facility_id)


def _answer(desk: Desk, transfer_id: UUID, form: AnswerForm) -> None:
    if not form.does_accept:
        decline_custody(desk, transfer_id)
        return
    for one in accept_custody(desk, transfer_id, manager_id=form.as_manager()):
        push_membership(one.group_id, one.pk, Role(one.role))
