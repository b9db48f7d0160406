"""Paths of patients."""

from django.urls import path

from carestation.groups.paths import know_sides
from carestation.patients.views import (
    consents,
    custody,
    emergencies,
    face_sheets,
    invitations,
    registering,
    tops,
)

know_sides()
app_name = "patients"
DESK = "desk/<uuid:facility_id>/emergencies/"
CUSTODY = "desk/<uuid:facility_id>/custody/"
SIDE = "groups/<uuid:group_id>/<side:side>/"
GROUPS_OWN = f"{SIDE}emergencies/<uuid:access_id>/review/"
ONE = f"{SIDE}invitations/<uuid:invitation_id>/"
urlpatterns = [
    path("groups/new/patient/", registering.register, name="register"),
    path("desk/<uuid:facility_id>/", tops.top, name="top"),
    path("emergency/", emergencies.seek, name="emergency"),
    path(DESK, emergencies.emergencies, name="emergencies"),
    path(DESK + "<uuid:access_id>/review/", emergencies.review, name="review_emergency"),
    path(CUSTODY, custody.custody, name="custody"),
    path(CUSTODY + "groups/<uuid:group_id>/", custody.propose, name="propose_custody"),
    path(CUSTODY + "<uuid:transfer_id>/", custody.answer, name="answer_custody"),
    path(CUSTODY + "<uuid:transfer_id>/withdraw/", custody.withdraw, name="withdraw_custody"),
    path(GROUPS_OWN, emergencies.review_in_group, name="review_in_group"),
    path(SIDE + "face-sheet/", face_sheets.face_sheet, name="face_sheet"),
    path(SIDE + "face-sheet/edit/", face_sheets.edit_face_sheet, name="edit_face_sheet"),
    path(SIDE + "consent/", consents.consents, name="consents"),
    path(SIDE + "consent/withdraw/", consents.withdraw, name="withdraw_consent"),
    path(SIDE + "invite/", invitations.invite, name="invite"),
    path(SIDE + "invite/known/", invitations.invite_known, name="invite_known"),
    path(ONE + "code/", invitations.code, name="code"),
    path(ONE + "resend/", invitations.resend, name="resend"),
    path(ONE + "cancel/", invitations.cancel, name="cancel"),
    path(ONE + "decide/", invitations.decide, name="decide"),
    path(ONE + "agree/", invitations.agree, name="agree"),
]
