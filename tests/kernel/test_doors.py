"""Every view says its door, or the start stops."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carestation.kernel.doors import Door, Entrance, door, entrances


def _view(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse()


def _other_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _no_method(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_an_address_is_listed_with_what_its_view_says() -> None:
    view = door(Door.SEAT, side="post")(require_POST(_view))

    listed = entrances([path("posts/", include(([path("<uuid:id>", view, name="one")], "posts")))])

    assert listed == [
        Entrance(
            name="posts:one",
            pattern="posts/<uuid:id>",
            methods=("POST",),
            door=Door.SEAT,
            side="post",
            changes=True,
        )
    ]


def test_the_order_of_decorators_does_not_matter() -> None:
    one = door(Door.PUBLIC)(require_GET(_view))
    other = require_GET(door(Door.PUBLIC)(_other_view))

    assert entrances([path("", one)]) == entrances([path("", other)])
    assert [getattr(view, "login_required", True) for view in (one, other)] == [False, False]


def test_whether_it_changes_follows_from_the_methods_unless_said() -> None:
    form = require_http_methods(["GET", "POST"])(_view)

    assert entrances([path("", door(Door.SELF)(form))])[0].changes
    assert not entrances([path("", door(Door.SELF, changes=False)(form))])[0].changes


@pytest.mark.parametrize("view", [require_GET(_view), door(Door.SELF)(_no_method)])
def test_a_view_that_says_nothing_is_not_listed_but_named(view: object) -> None:
    with pytest.raises(ImproperlyConfigured, match="says no"):
        entrances([path("", view)])  # type: ignore[call-overload]  # that is the point
