"""Paths about who sits together."""

from django.urls import path

from carestation.groups.views import opening, places

app_name = "groups"
_PLACE = "desk/<uuid:facility_id>/staff/<uuid:staff_id>/"
urlpatterns = [
    path("groups/new/free/", opening.open_free, name="open_free"),
    path(f"{_PLACE}end/", places.end, name="end_place"),
    path(f"{_PLACE}pause/", places.pause, name="pause_place"),
    path(f"{_PLACE}resume/", places.resume, name="resume_place"),
]
