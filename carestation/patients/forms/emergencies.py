"""What is typed in an emergency, and when a manager looks into one."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.facilities.models.staff import Staff
from carestation.kernel.errors import CareError, TooMany
from carestation.kernel.text import UnfitText, clean_line
from carestation.patients.commands.emergencies import Sought

SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 300
REFUSALS: Final = {
    "nobody_found": _(
        "この施設の患者さんに、そのふりがなと生年月日の方は見つかりません。どちらも確かめてください。"
    ),
    "sits_already": _("この患者さんのグループには、もう参加しています。ホームから開けます。"),
    "own_access": _("自分の閲覧は、ほかの管理者が確かめます。"),
    "reviewed": _("ほかの管理者が先に確かめました。"),
}
BRAKED: Final = _("続けてさがしたため、いまはさがせません。急ぐときは、電話をしてください。")
OTHERWISE: Final = _("できませんでした。画面を読み込み直して、もう一度ためしてください。")


class EmergencyForm(forms.Form):
    """Where the professional works, whom they must see now, and why."""

    place = forms.ChoiceField(label=_("どの施設の仕事で"))
    kana = forms.CharField(label=_("患者さんのふりがな"), max_length=100)
    birth_date = forms.DateField(
        label=_("患者さんの生年月日"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=_("いま見なければならない理由"),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_urgent = forms.BooleanField(
        label=_("命や安全にかかわるため、参加していないグループをいま見ます")
    )

    _is_braked = False

    def __init__(self, data: object, places: Sequence[Staff]) -> None:
        super().__init__(data, initial={"place": places[0].pk})  # type: ignore[arg-type]  # a request's own
        choices = [(str(one.pk), one.facility.name) for one in places]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong, 429 when braked."""
        if self._is_braked:
            return HTTPStatus.TOO_MANY_REQUESTS
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why no seat was given."""
        self._is_braked = isinstance(error, TooMany)
        words = BRAKED if self._is_braked else REFUSALS.get(error.reason, OTHERWISE)
        self.add_error(None, ValidationError(words))

    def clean_kana(self) -> str:
        """Return the reading as it is kept."""
        return _line(self.cleaned_data["kana"])

    def clean_reason(self) -> str:
        """Return the reason as it is kept; signs that show nothing are no reason."""
        reason = _line(self.cleaned_data["reason"])
        if len(reason) < SHORTEST_REASON:
            raise ValidationError(_("10文字以上で書いてください。"))
        return reason

    def staff_id(self) -> UUID:
        """Return through which place the seat is taken."""
        return UUID(self.cleaned_data["place"])

    def sought(self) -> Sought:
        """Return whom, and why."""
        said = self.cleaned_data
        return Sought(kana=said["kana"], birth_date=said["birth_date"], reason=said["reason"])


class ReviewForm(forms.Form):
    """That a manager looked into an emergency; `ends`: and that its seat ends now."""

    ends = forms.BooleanField(required=False)


def _line(text: str) -> str:
    try:
        return clean_line(text)
    except UnfitText as error:
        raise ValidationError(_("使えない文字が入っています。")) from error
