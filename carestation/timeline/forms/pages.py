"""Where in a timeline a page begins."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django import forms
from django.http import QueryDict


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """`before`: threads older than this number; `since`: the next newer ones than this.

    `at`: around this post; `sent`: the post that was just written.
    """

    before: int | None = None
    since: int | None = None
    at: UUID | None = None
    sent: UUID | None = None


NEWEST: Final = PageAsked()


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


def page_asked(query: QueryDict) -> PageAsked:
    """Return which page is wanted; most say nothing, and need no form (benchmarks/pages.py)."""
    return PageForm(query).said() if query else NEWEST
