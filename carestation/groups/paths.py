"""A side in a path."""

from django.urls import register_converter
from django.urls.converters import get_converters

from carestation.groups.choices import Side


class SideConverter:
    """Turn `professional`, `patient` or `all` into a Side."""

    regex = "professional|patient|all"

    def to_python(self, value: str) -> Side:
        """Return the side."""
        return Side(value)

    def to_url(self, value: Side | str) -> str:
        """Return its word."""
        return Side(value).value


def know_sides() -> None:
    """Let paths say `<side:side>`; asked for by every context whose paths do."""
    if "side" not in get_converters():
        register_converter(SideConverter, "side")
