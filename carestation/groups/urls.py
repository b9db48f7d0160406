"""Paths about who sits together, who is invited, and of facilities as the operator sees them."""

from django.urls import path

from carestation.groups.views import (
    approvals,
    connections,
    consoles,
    joining,
    opening,
    places,
    rights,
    unmanaged,
)

app_name = "groups"
_CONSOLE = "console/facilities/<uuid:facility_id>/"
_DESK = "desk/<uuid:facility_id>/"
_OFFER = "connections/offers/<uuid:offer_id>/"
_PLACE = f"{_DESK}staff/<uuid:staff_id>/"
_WAITING = f"{_DESK}group-invitations/"
urlpatterns = [
    path("desk/<uuid:facility_id>/rights/", rights.rights, name="rights"),
    path(_CONSOLE, consoles.facility, name="facility"),
    path(f"{_CONSOLE}<slug:ruling>/", consoles.rule, name="rule_facility"),
    path("groups/new/free/", opening.open_free, name="open_free"),
    path("groups/new/talk/", opening.begin_talk, name="begin_talk"),
    path("connections/", connections.connections, name="connections"),
    path("connections/offer/", connections.offer, name="offer_connection"),
    path(f"{_OFFER}answer/", connections.answer, name="answer_offer"),
    path(f"{_OFFER}withdraw/", connections.withdraw, name="withdraw_offer"),
    path("connections/<uuid:connection_id>/end/", connections.end, name="end_connection"),
    path(f"{_DESK}groups/", unmanaged.unmanaged, name="unmanaged"),
    path(f"{_PLACE}end/", places.end, name="end_place"),
    path(f"{_PLACE}pause/", places.pause, name="pause_place"),
    path(f"{_PLACE}resume/", places.resume, name="resume_place"),
    path(_WAITING, approvals.waiting, name="waiting"),
    path(f"{_WAITING}<uuid:invitation_id>/decide/", approvals.decide, name="decide_at_desk"),
    path("invitation/", joining.join, name="join"),
    path("invitation/code/", joining.code, name="code"),
    path("invitation/accept/", joining.accept, name="accept"),
    path("invitation/<uuid:invitation_id>/decline/", joining.decline, name="decline"),
]
