"""Paths of patients."""

from django.urls import path

from carestation.groups.paths import know_sides
from carestation.patients.views import consents, face_sheets

know_sides()
app_name = "patients"
SIDE = "groups/<uuid:group_id>/<side:side>/"
urlpatterns = [
    path(SIDE + "face-sheet/", face_sheets.face_sheet, name="face_sheet"),
    path(SIDE + "face-sheet/edit/", face_sheets.edit_face_sheet, name="edit_face_sheet"),
    path(SIDE + "consent/", consents.consents, name="consents"),
    path(SIDE + "consent/withdraw/", consents.withdraw, name="withdraw_consent"),
]
