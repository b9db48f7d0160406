"""Paths of the record."""

from django.urls import path

from carestation.audit.views import consoles, record

app_name = "audit"
urlpatterns = [
    path("desk/<uuid:facility_id>/record/", record.record, name="record"),
    path("desk/<uuid:facility_id>/record/<uuid:group_id>/", record.readers, name="readers"),
    path("console/record/", consoles.acts, name="acts"),
]
