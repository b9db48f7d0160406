"""Which groups the list shows."""

from django import forms

from carestation.groups.choices import Kind
from carestation.timeline.queries.home import GroupRow


class ListForm(forms.Form):
    """Kind, words and whether only what is unread; anything unknown shows all."""

    kind = forms.ChoiceField(choices=[("", ""), *Kind.choices], required=False)
    unread = forms.BooleanField(required=False)
    words = forms.CharField(max_length=100, required=False)

    def sifted(self, rows: list[GroupRow]) -> list[GroupRow]:
        """Return the rows that were asked for."""
        said = self.cleaned_data if self.is_valid() else {}
        kind, words = said.get("kind"), said.get("words", "").replace(" ", "").casefold()
        return [
            row
            for row in rows
            if (not kind or row.kind == kind)
            and (not said.get("unread") or row.unread)
            and words in row.found_by
        ]
