"""A side in a path."""

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
