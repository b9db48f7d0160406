"""What is typed about who sits together."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import EndCause
from carestation.facilities.models.staff import Staff
from carestation.kernel.errors import CareError
from carestation.kernel.text import UnfitText, clean_line

REFUSALS: Final = {
    "last_manager": _(
        "施設の管理者がいなくなります。先に、ほかの方を管理者にしてから、もう一度してください。"
    ),
    "ended": _("この方は、すでに解除されています。"),
    "paused": _("この方は、すでに停止中です。"),
    "beyond_own_rights": _(
        "ご自分より権限の多い人の変更はできません。施設の管理者にたのんでください。"
    ),
    "not_paused": _("この方は、停止中ではありません。"),
}
OTHERWISE: Final = _("できませんでした。画面を読み込み直して、もう一度ためしてください。")


class PauseForm(forms.Form):
    """Nothing is typed; what a command refuses becomes the form's own error."""

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why it was not done."""
        self.add_error(None, str(REFUSALS.get(error.reason, OTHERWISE)))


class EndPlaceForm(PauseForm):
    """Why a place ends."""

    cause = forms.ChoiceField(
        label=_("解除する理由"), choices=EndCause.choices, widget=forms.RadioSelect
    )

    def as_cause(self) -> EndCause:
        """Return it."""
        return EndCause(self.cleaned_data["cause"])


class PlaceForm(forms.Form):
    """From which place in a facility a group is opened; who has one place is not asked."""

    def __init__(self, data: Mapping[str, Any] | None, places: Sequence[Staff]) -> None:
        super().__init__(data)
        self.places = {str(one.pk): one for one in places}
        choices = [(key, one.facility.name) for key, one in self.places.items()]
        if len(choices) > 1:
            choices = [("", str(_("選んでください"))), *choices]
        self.fields["place"] = forms.ChoiceField(
            label=_("どの施設のグループですか"),
            choices=choices,
            initial=choices[0][0],
            widget=forms.Select if len(choices) > 1 else forms.HiddenInput,
        )

    def as_place(self) -> Staff:
        """Return it."""
        return self.places[self.cleaned_data["place"]]


class FreeGroupForm(PauseForm):
    """What a free group is called."""

    name = forms.CharField(label=_("グループの名前"), max_length=100)

    def clean_name(self) -> str:
        """Return the name in the form in which it is kept."""
        try:
            name = clean_line(self.cleaned_data["name"])
        except UnfitText as unfit:
            raise ValidationError(_("使えない文字があります。"), code=unfit.reason) from unfit
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"])
        return name
