"""Paths of the manual and of the console."""

from django.urls import path

from carestation.support.views import capacity, consoles, manual, status, watching

app_name = "support"
urlpatterns = [
    path("help/", manual.manual, name="manual"),
    path("help/<slug:slug>/", manual.page, name="help"),
    path("status/", status.status, name="status"),
    path("console/", consoles.facilities, name="console"),
    path("console/watch/", watching.watch, name="watch"),
    path("console/capacity/", capacity.change, name="capacity"),
    path("console/operators/", consoles.people, name="operators"),
]
