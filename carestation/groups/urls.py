"""Paths about who sits together, and of the facilities as the operator sees them."""

from django.urls import path

from carestation.groups.views import consoles, opening, places, rights

app_name = "groups"
_CONSOLE = "console/facilities/<uuid:facility_id>/"
_PLACE = "desk/<uuid:facility_id>/staff/<uuid:staff_id>/"
urlpatterns = [
    path("desk/<uuid:facility_id>/rights/", rights.rights, name="rights"),
    path(_CONSOLE, consoles.facility, name="facility"),
    path(f"{_CONSOLE}<slug:ruling>/", consoles.rule, name="rule_facility"),
    path("groups/new/free/", opening.open_free, name="open_free"),
    path(f"{_PLACE}end/", places.end, name="end_place"),
    path(f"{_PLACE}pause/", places.pause, name="pause_place"),
    path(f"{_PLACE}resume/", places.resume, name="resume_place"),
]
