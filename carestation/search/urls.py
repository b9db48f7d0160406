"""Paths of search."""

from django.urls import path

from carestation.search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/<uuid:search_id>/", views.results, name="results"),
]
