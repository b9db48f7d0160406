"""Paths of a facility's desk."""

from django.urls import path

from carestation.facilities.views import staff

app_name = "facilities"
urlpatterns = [
    path("desk/", staff.desks, name="desks"),
    path("desk/<uuid:facility_id>/staff/", staff.staff, name="staff"),
    path("desk/<uuid:facility_id>/staff/<uuid:staff_id>/", staff.change, name="change"),
    path("desk/<uuid:facility_id>/review/", staff.review, name="review"),
]
