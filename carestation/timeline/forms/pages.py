"""Where in a timeline a page begins."""

from dataclasses import dataclass
from uuid import UUID

from django import forms


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """`before`: threads older than this number; `sent`: the post that was just written."""

    before: int | None
    sent: UUID | None


class PageForm(forms.Form):
    """What stands behind the question mark; nonsense counts as not said."""

    before = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    sent = forms.UUIDField(required=False)

    def said(self) -> PageAsked:
        """Return what the view wants."""
        self.full_clean()
        said = self.cleaned_data
        return PageAsked(before=said.get("before"), sent=said.get("sent"))
