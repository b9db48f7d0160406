"""What is typed at the console."""

from collections.abc import Sequence
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import FacilityState
from carestation.facilities.queries.rulings import FacilityLine
from carestation.facilities.rules import folded

LONGEST_WORDS: Final = 100


class FacilityListForm(forms.Form):
    """Words and state; anything unknown shows all."""

    words = forms.CharField(label=_("施設の名前"), max_length=LONGEST_WORDS, required=False)
    state = forms.ChoiceField(
        label=_("状態"), choices=[("", _("すべて")), *FacilityState.choices], required=False
    )

    def sifted(self, facilities: Sequence[FacilityLine]) -> list[FacilityLine]:
        """Return those that were asked for; who waits comes first."""
        said = self.cleaned_data if self.is_valid() else {}
        words, state = folded(said.get("words", "")), said.get("state")
        found = [
            one
            for one in facilities
            if (not state or one.state == state) and words in folded(one.name)
        ]
        return sorted(found, key=lambda one: one.state is not FacilityState.WAITING)
