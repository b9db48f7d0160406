"""Paths of exports."""

from django.urls import path

from carestation.exports import views

app_name = "exports"
DESK = "desk/<uuid:facility_id>/exports/"
urlpatterns = [
    path(DESK, views.exports, name="exports"),
    path(DESK + "plan/", views.plan, name="plan"),
    path(DESK + "record/", views.record, name="record"),
    path(DESK + "reader/", views.reader, name="reader"),
    path(DESK + "<uuid:export_id>/archive/", views.fetch, name="fetch"),
    path(DESK + "<uuid:export_id>/remove/", views.remove, name="remove"),
]
