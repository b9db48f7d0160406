"""Paths."""

from django.urls import include, path

from carestation.kernel import health

urlpatterns = [
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("", include("carestation.timeline.urls")),
    path("", include("carestation.patients.urls")),
    path("api/v1/", include("carestation.api.urls")),
]

handler400 = "carestation.kernel.problems.bad_request"
handler403 = "carestation.kernel.problems.forbidden"
handler404 = "carestation.kernel.problems.not_found"
handler500 = "carestation.kernel.problems.server_error"
