"""What is typed about who sits together."""

from http import HTTPStatus
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import EndCause
from carestation.kernel.errors import CareError

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
