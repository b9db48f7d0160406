"""What is typed at the console."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Final, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import FacilityState
from carestation.facilities.queries.rulings import FacilityLine
from carestation.facilities.rules import folded
from carestation.kernel.errors import DomainError
from carestation.support.rules import THREADS, WEB, WORKERS, Wanted

LONGEST_WORDS: Final = 100
# What runs where nobody decided anything: the fields begin with it.
USUAL: Final = Wanted(web=2, threads=4, workers=1)
REFUSALS: Final = {
    "connections": _(
        "データベースの接続が足りません。Webの処理の数か、同時に扱う数を減らすか、"
        "データベースの max_connections を増やしてください。"
    )
}


class FacilityListForm(forms.Form):
    """Words and state; anything unknown shows all."""

    words = forms.CharField(label=_("施設の名前・よみ"), max_length=LONGEST_WORDS, required=False)
    state = forms.ChoiceField(
        label=_("状態"), choices=[("", _("すべて")), *FacilityState.choices], required=False
    )

    def sifted(self, facilities: Sequence[FacilityLine]) -> list[FacilityLine]:
        """Return those that were asked for; who waits comes first."""
        said = self.cleaned_data if self.is_valid() else {}
        words, state = folded(said.get("words", "")), said.get("state")
        found = [
            one for one in facilities if (not state or one.state == state) and words in one.found_by
        ]
        return sorted(found, key=lambda one: one.state is not FacilityState.WAITING)


class CapacityForm(forms.Form):
    """How many processes shall run on each machine."""

    web = forms.IntegerField(label=_("Webの処理の数"), min_value=WEB.start, max_value=WEB.stop - 1)
    threads = forms.IntegerField(
        label=_("Webの処理1つが同時に扱う数"), min_value=THREADS.start, max_value=THREADS.stop - 1
    )
    workers = forms.IntegerField(
        label=_("裏側の処理役の数"), min_value=WORKERS.start, max_value=WORKERS.stop - 1
    )

    @classmethod
    def of(cls, wanted: Wanted | None, typed: Mapping[str, str] | None) -> Self:
        """Return the form with what was typed, or with what is decided."""
        return cls(typed, initial=asdict(wanted or USUAL))

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def wanted(self) -> Wanted:
        """Return what was typed."""
        return Wanted(**self.cleaned_data)

    def refuse(self, error: DomainError) -> None:
        """Say why it was not taken."""
        self.add_error(None, str(REFUSALS[error.reason]))
