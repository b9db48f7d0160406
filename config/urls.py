"""Paths."""

from django.urls import URLPattern, URLResolver, include, path

from carestation.kernel import health
from carestation.kernel.doors import entrances
from carestation.vault.health import ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.health, name="health"),
    path("ready", ready, name="ready"),
    path("api/v1/", include("carestation.api.urls")),
    # First who is asked most: each of the others is asked whether the address is theirs.
    path("", include("carestation.timeline.urls")),
    path("", include("carestation.accounts.urls")),
    path("", include("carestation.search.urls")),
    path("", include("carestation.patients.urls")),
    path("", include("carestation.facilities.urls")),
    path("", include("carestation.groups.urls")),
    path("", include("carestation.audit.urls")),
    path("", include("carestation.support.urls")),
    path("", include("carestation.exports.urls")),
]
# A view that says no door, or no methods, stops the start here.
entrances(urlpatterns)

handler400 = "carestation.kernel.problems.bad_request"
handler403 = "carestation.kernel.problems.forbidden"
handler404 = "carestation.kernel.problems.not_found"
handler500 = "carestation.kernel.problems.server_error"
