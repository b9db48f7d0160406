"""Paths of registering a facility, of its desk, and of joining its staff."""

from django.urls import path

from carestation.facilities.views import (
    applications,
    facilities,
    invitations,
    joining,
    policies,
    roles,
    staff,
    stopped,
)

app_name = "facilities"
_DESK = "desk/<uuid:facility_id>/"
_INVITATION = f"{_DESK}invitations/<uuid:invitation_id>/"
urlpatterns = [
    path("desk/", staff.desks, name="desks"),
    path(f"{_DESK}facility/", facilities.facility, name="facility"),
    path(f"{_DESK}staff/", staff.staff, name="staff"),
    path(f"{_DESK}staff/<uuid:staff_id>/", staff.change, name="change"),
    path(f"{_DESK}staff/<uuid:staff_id>/factors/", staff.reset_factors, name="reset_factors"),
    path(f"{_DESK}rules/", policies.rules, name="rules"),
    path(f"{_DESK}roles/new/", roles.new_role, name="new_role"),
    path(f"{_DESK}roles/<uuid:role_id>/", roles.role, name="role"),
    path(f"{_DESK}roles/<uuid:role_id>/end/", roles.end, name="end_role"),
    path(f"{_DESK}stopped/", stopped.stopped, name="stopped"),
    path(f"{_DESK}review/", staff.review, name="review"),
    path(f"{_DESK}invitations/", invitations.invitations, name="invitations"),
    path(f"{_DESK}invitations/list/", invitations.listed, name="list"),
    path(f"{_DESK}invitations/list/invite/", invitations.invite_listed, name="invite_listed"),
    path(f"{_INVITATION}resend/", invitations.resend, name="resend"),
    path(f"{_INVITATION}cancel/", invitations.cancel, name="cancel"),
    path("terms/", applications.terms, name="terms"),
    path("facilities/new/", applications.apply, name="apply"),
    path("facilities/new/sent/", applications.applied, name="applied"),
    path("facilities/new/finish/", applications.found, name="found"),
    path("facilities/new/finish/known/", applications.found_as_known, name="found_as_known"),
    path("join/", joining.join, name="join"),
    path("join/accept/", joining.accept, name="accept"),
]
