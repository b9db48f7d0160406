"""Doors: through what a view is entered, said where the view stands.

Every view of every context says which proof it takes (`docs/explanation/doors.md`), and every
address of the project is listed with it; one that says nothing does not start.

Controls: ISO/IEC 27017 8.3; white paper 「利用者アクセスの管理」.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from inspect import getclosurevars
from typing import Any, Final, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver

View = Callable[..., Any]
V = TypeVar("V", bound=View)
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ORDER: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Door(StrEnum):
    """What is taken at the entrance of a view: the loaders `take_*` make the proof of it."""

    PUBLIC = "public"
    SELF = "self"
    SEAT = "seat"
    DESK = "desk"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """One address: how it is called, how it is entered, and whether it changes state.

    `side`: `path` where the address names it, else what the view says of it, or nothing.
    """

    name: str
    pattern: str
    methods: tuple[str, ...]
    door: Door
    side: str
    changes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    door: Door
    side: str
    changes: bool | None


def door(kind: Door, *, side: str = "", changes: bool | None = None) -> Callable[[V], V]:
    """Say through which door a view is entered; a public one asks nobody to sign in.

    `side` is needed only where the address does not name it (`post`: that of the post);
    `changes` only where it does not follow from the methods.
    """

    def say(view: V) -> V:
        view.door_said = _Said(door=kind, side=side, changes=changes)  # type: ignore[attr-defined]  # as Django's own login_required
        view.login_required = kind is not Door.PUBLIC  # type: ignore[attr-defined]  # Django's own mark
        return view

    return say


def door_of(view: View) -> Door | None:
    """Return through which door a view is entered, if it says one."""
    said: _Said | None = getattr(view, "door_said", None)
    return said.door if said else None


def entrances(patterns: Iterable[URLPattern | URLResolver]) -> list[Entrance]:
    """Return every address under these patterns.

    Raises:
        ImproperlyConfigured: a view says no door, or no methods; the message names it.
    """
    return [_entrance(*found) for found in _walk(patterns, "", "")]


def methods_of(view: View) -> tuple[str, ...]:
    """Return the methods that a view takes, as `require_GET` and its like declare them.

    A view that sorts methods out by itself says them in its attribute `methods`.
    """
    declared: Iterable[str] = getattr(view, "methods", ())
    for one in _layers(view):
        declared = declared or _required(one)
    known = set(declared)
    return tuple(method for method in ORDER if method in known)


def _walk(
    patterns: Iterable[URLPattern | URLResolver], prefix: str, namespace: str
) -> Iterator[tuple[str, str, View]]:
    for one in patterns:
        pattern = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield namespace + (one.name or ""), pattern, one.callback
        else:
            own = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one.url_patterns, pattern, own)


def _entrance(name: str, pattern: str, view: View) -> Entrance:
    said: _Said | None = getattr(view, "door_said", None)
    methods = methods_of(view)
    where = f"{view.__module__}.{getattr(view, '__name__', view)} at “{pattern}”"
    if said is None:
        raise ImproperlyConfigured(f"{where} says no door: put @door(Door.…) before it.")
    if not methods:
        raise ImproperlyConfigured(f"{where} says no methods: put @require_GET or alike before it.")
    changes = said.changes if said.changes is not None else not SAFE.issuperset(methods)
    side = "path" if "<side:" in pattern else said.side
    return Entrance(
        name=name, pattern=pattern, methods=methods, door=said.door, side=side, changes=changes
    )


def _layers(view: View) -> Iterator[View]:
    one: View | None = view
    while one is not None:
        yield one
        one = getattr(one, "__wrapped__", None)


def _required(layer: View) -> tuple[str, ...]:
    # Django's require_http_methods keeps its list in a closure and shows it nowhere else.
    if not hasattr(layer, "__code__") or "request_method_list" not in layer.__code__.co_freevars:
        return ()
    return tuple(getclosurevars(layer).nonlocals["request_method_list"])
