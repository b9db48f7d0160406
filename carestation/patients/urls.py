"""Paths of patients."""

from django.urls import path

from carestation.groups.paths import know_sides
from carestation.patients import views

know_sides()
app_name = "patients"
SIDE = "groups/<uuid:group_id>/<side:side>/face-sheet/"
urlpatterns = [
    path(SIDE, views.face_sheet, name="face_sheet"),
    path(SIDE + "edit/", views.edit_face_sheet, name="edit_face_sheet"),
]
