"""Addresses as they must not be: pages that forgot to take a seat. Only the wall is left."""

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from carestation.kernel.doors import Door, door
from carestation.kernel.http import CareRequest
from carestation.patients.models import Patient
from carestation.timeline.models import Post


def what_is_there() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('carestation.person', true)")
        (acts,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT count(*) FROM timeline_message")
        (messages,) = cursor.fetchone() or (0,)
    found = {"posts": Post.objects.count(), "patients": Patient.objects.count()}
    return found | {"messages": messages, "acts": acts or ""}


@require_GET
@door(Door.SEAT, side="post")
def forgetful(_: CareRequest) -> HttpResponse:
    return JsonResponse(what_is_there())


@require_GET
@door(Door.PUBLIC)
def public(_: CareRequest) -> HttpResponse:
    return JsonResponse(what_is_there())


@require_GET
@door(Door.SEAT, side="post")
def failing(_: CareRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    path("forgetful/", forgetful),
    path("public/", public),
    path("failing/", failing),
]
