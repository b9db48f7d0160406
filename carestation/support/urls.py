"""Paths of the manual."""

from django.urls import path

from carestation.support import views

app_name = "support"
urlpatterns = [
    path("help/", views.manual, name="manual"),
    path("help/<slug:slug>/", views.page, name="help"),
]
