"""Where in a timeline a page begins."""

from dataclasses import dataclass
from uuid import UUID

from django import forms


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """`before`: threads older than this number; `since`: the next newer ones than this.

    `at`: around this post; `sent`: the post that was just written.
    """

    before: int | None
    since: int | None
    at: UUID | None
    sent: UUID | None


class PageForm(forms.Form):
    """What stands behind the question mark; nonsense counts as not said."""

    before = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    since = forms.IntegerField(min_value=0, max_value=2**62, required=False)
    at = forms.UUIDField(required=False)
    sent = forms.UUIDField(required=False)

    def said(self) -> PageAsked:
        """Return what the view wants."""
        self.full_clean()
        said = self.cleaned_data
        return PageAsked(
            before=said.get("before"),
            since=said.get("since"),
            at=said.get("at"),
            sent=said.get("sent"),
        )
