"""What a manager types at the desk."""

import hashlib
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import PlaceState, Profession, StaffRole
from carestation.facilities.commands.staff import NewCalling
from carestation.facilities.queries.roles import CustomRoleShown
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
    "role_changed": _("ほかの管理者が先に変えました。画面を読み込み直して、確かめてください。"),
    "role_name_taken": _("同じ名前の権限の組があります。ほかの名前にしてください。"),
    "too_many_roles": _("権限の組は20個までです。使わないものを終えてください。"),
    "managers_alone": _("この権限は、施設の管理者だけのものです。"),
    "rules_changed": _("ほかの管理者が先に変えました。画面を読み込み直して、確かめてください。"),
    "beyond_own_rights": _(
        "ご自分にない権限は渡せません。ご自分より権限の多い人の変更もできません。"
        "施設の管理者にたのんでください。"
    ),
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


class TriedForm(DeskForm):
    """A form of which is shown what it would change before it does.

    The button below what was shown sends its `mark` as `shown`: if anything else was typed since,
    that is shown first.
    """

    @property
    def mark(self) -> str:
        """What tells one choice from another."""
        return hashlib.sha256(repr(sorted(self.cleaned_data.items())).encode()).hexdigest()

    @property
    def is_as_shown(self) -> bool:
        """Whether just this was shown before it was sent."""
        return self.data.get("shown") == self.mark


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
    role = forms.ChoiceField(label=_("施設での権限"), widget=forms.RadioSelect)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        one: Colleague,
        own_roles: Sequence[CustomRoleShown],
    ) -> None:
        chosen = str(one.custom_role_id or one.role.value)
        super().__init__(data, initial={"profession": one.profession.value, "role": chosen})
        own = [(str(one.id), one.title) for one in own_roles]
        self.fields["role"].choices = [*StaffRole.choices, *own]  # type: ignore[attr-defined]  # a ChoiceField

    def as_calling(self) -> NewCalling:
        """Return it."""
        role, custom_role_id = role_of(self.cleaned_data["role"])
        profession = Profession(self.cleaned_data["profession"])
        return NewCalling(profession=profession, role=role, custom_role_id=custom_role_id)

    def keeps_desk(self) -> bool:
        """Whether this is a manager's calling."""
        return self.as_calling().role is StaffRole.MANAGER


class ReviewForm(DeskForm):
    """That the list was looked through; `mark`: of the list that was shown."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False)
    is_right = forms.BooleanField(label=_("ひとりずつ確かめ、この名簿で正しいことを確認しました"))


def role_of(chosen: str) -> tuple[StaffRole, UUID | None]:
    """Return what was chosen: one of the roles that every facility has, or one of its own."""
    if chosen in StaffRole.values:
        return StaffRole(chosen), None
    return StaffRole.MEMBER, UUID(chosen)
