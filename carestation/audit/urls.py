"""Paths of the record."""

from django.urls import path

from carestation.audit.views import consoles, public, record

app_name = "audit"
urlpatterns = [
    path("desk/<uuid:facility_id>/record/", record.record, name="record"),
    path("desk/<uuid:facility_id>/record/<uuid:group_id>/", record.readers, name="readers"),
    path("security/checkpoint.txt", public.checkpoint, name="checkpoint"),
    path("console/record/", consoles.acts, name="acts"),
    path("console/record/extract/", consoles.acts_extract, name="acts_extract"),
]
