"""Paths about who sits together."""

from django.urls import path

from carestation.groups.views import places, rights

app_name = "groups"
_PLACE = "desk/<uuid:facility_id>/staff/<uuid:staff_id>/"
urlpatterns = [
    path("desk/<uuid:facility_id>/rights/", rights.rights, name="rights"),
    path(f"{_PLACE}end/", places.end, name="end_place"),
    path(f"{_PLACE}pause/", places.pause, name="pause_place"),
    path(f"{_PLACE}resume/", places.resume, name="resume_place"),
]
