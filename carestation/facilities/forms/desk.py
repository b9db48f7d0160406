"""What a manager types at the desk."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import PlaceState, Profession, StaffRole
from carestation.facilities.commands.staff import NewCalling
from carestation.facilities.queries.staff import Colleague
from carestation.facilities.rules import folded
from carestation.kernel.errors import CareError, TooMany

SHOWN: Final = (PlaceState.ACTIVE, PlaceState.PAUSED, PlaceState.ENDED)
REFUSALS: Final = {
    "last_manager": _(
        "管理者がいなくなります。先に、ほかの方を管理者にしてから、もう一度してください。"
    ),
    "terms_changed": _("利用規約が新しくなりました。もう一度読んで、同意してください。"),
    "awaiting_approval": _("運営の承認を待っています。承認されると、招待できます。"),
    "rules_changed": _("ほかの管理者が先に変えました。画面を読み込み直して、確かめてください。"),
    "ruled": _("ほかの担当者が先に決めました。画面を読み込み直して、確かめてください。"),
    "list_changed": _("見ているあいだに名簿が変わりました。もう一度、名簿を見てください。"),
}
BRAKED: Final = _("続けて送られたため、いまは受け付けられません。1時間ほど待ってください。")
OTHERWISE: Final = _("できませんでした。画面を読み込み直して、もう一度ためしてください。")


class DeskForm(forms.Form):
    """A form that a command can refuse: what it says becomes the form's own error."""

    _is_braked = False

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong, 429 when braked."""
        if self._is_braked:
            return HTTPStatus.TOO_MANY_REQUESTS
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why it was not taken."""
        self._is_braked = isinstance(error, TooMany)
        words = BRAKED if self._is_braked else REFUSALS.get(error.reason, OTHERWISE)
        self.add_error(None, str(words))


class StaffListForm(forms.Form):
    """Words, profession and state; anything unknown shows all who work here."""

    words = forms.CharField(label=_("名前・よみ・メール"), max_length=100, required=False)
    profession = forms.ChoiceField(
        label=_("職種"), choices=[("", _("すべて")), *Profession.choices], required=False
    )
    state = forms.ChoiceField(
        label=_("状態"),
        choices=[("", _("いまのスタッフ")), *((one.value, one.label) for one in SHOWN)],
        required=False,
    )

    def sifted(self, staff: Sequence[Colleague]) -> list[Colleague]:
        """Return those who were asked for; who has left only where that is asked for."""
        said = self.cleaned_data if self.is_valid() else {}
        words, profession = folded(said.get("words", "")), said.get("profession")
        state = said.get("state")
        return [
            one
            for one in staff
            if (one.state == state if state else one.state is not PlaceState.ENDED)
            and (not profession or one.profession == profession)
            and words in one.found_by
        ]


class CallingForm(DeskForm):
    """What someone is in the facility."""

    profession = forms.ChoiceField(label=_("職種"), choices=Profession.choices)
    role = forms.ChoiceField(
        label=_("施設での権限"), choices=StaffRole.choices, widget=forms.RadioSelect
    )

    def as_calling(self) -> NewCalling:
        """Return it."""
        typed = self.cleaned_data
        return NewCalling(profession=Profession(typed["profession"]), role=StaffRole(typed["role"]))

    def keeps_desk(self) -> bool:
        """Whether this is a manager's calling."""
        return self.as_calling().role is StaffRole.MANAGER


class ReviewForm(DeskForm):
    """That the list was looked through; `people`: how many it showed."""

    people = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_right = forms.BooleanField(label=_("ひとりずつ確かめ、この名簿で正しいことを確認しました"))
