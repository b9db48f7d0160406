"""Paths of the manual and of the console."""

from django.urls import path

from carestation.support.views import (
    capacity,
    consoles,
    manual,
    outages,
    status,
    storage,
    watching,
)

app_name = "support"
urlpatterns = [
    path("help/", manual.manual, name="manual"),
    path("help/<slug:slug>/", manual.page, name="help"),
    path("status/", status.status, name="status"),
    path("console/", consoles.facilities, name="console"),
    path("console/watch/", watching.watch, name="watch"),
    path("console/outages/", outages.told, name="outages"),
    path("console/outages/<uuid:outage_id>/", outages.change, name="outage"),
    path("console/capacity/", capacity.change, name="capacity"),
    path("console/storage/", storage.rooms, name="storage"),
    path("console/storage/<uuid:facility_id>/", storage.limit, name="storage_limit"),
    path("console/operators/", consoles.people, name="operators"),
    path("console/operators/review/", consoles.review, name="operators_review"),
]
