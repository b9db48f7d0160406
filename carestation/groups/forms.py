"""What is typed about who sits together."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import EndCause
from carestation.facilities.models.staff import Staff
from carestation.facilities.rules import folded
from carestation.groups.choices import Role
from carestation.groups.queries.contacts import Contact
from carestation.kernel.errors import CareError, NotVisible, TooMany
from carestation.kernel.mailboxes import MailboxField
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
    "only_manager": _(
        "グループの管理者がいなくなります。"
        "先に、ほかの方をグループの管理者にしてから、もう一度してください。"
    ),
    "has_manager": _("このグループには、もう管理者がいます。"),
    "role_is_so": _("すでに、そうなっています。"),
    "seat_ends_by_itself": _("緊急で参加している方の役割は、変えられません。"),
    "place_is_paused": _("この方は、いま施設で停止中です。再開してから、もう一度してください。"),
}
NOT_JOINED: Final = {
    "sits_already": _("もうこのグループに参加しています。ホームから開けます。"),
    "no_place_of_work": _(
        "医療・介護の方は、施設のスタッフとして参加します。"
        "先に、あなたの施設の管理者からスタッフとして招待を受けてください。"
    ),
    "other_address": _(
        "この招待は、別のメールアドレスあてです。"
        "招待を受け取ったメールアドレスでサインインしてください。"
    ),
}
OVER: Final = _(
    "期限が過ぎたか、もう使われたか、取り消されています。"
    "招待した方に、もう一度送るようたのんでください。"
)
BRAKED: Final = _("続けて送られたため、いまは受け付けられません。1時間ほど待ってください。")
OTHERWISE: Final = _("できませんでした。画面を読み込み直して、もう一度ためしてください。")


class PauseForm(forms.Form):
    """Nothing is typed; what a command refuses becomes the form's own error."""

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why it was not done."""
        words = BRAKED if isinstance(error, TooMany) else REFUSALS.get(error.reason, OTHERWISE)
        self.add_error(None, str(words))


class RoleForm(PauseForm):
    """What a member is to be from now on."""

    role = forms.ChoiceField(
        choices=[(one.value, one.label) for one in Role if one is not Role.FAMILY]
    )

    def as_role(self) -> Role:
        """Return it."""
        return Role(self.cleaned_data["role"])


class NameForm(PauseForm):
    """Who shall manage a group."""

    membership = forms.UUIDField(error_messages={"required": _("管理者にする方を選んでください。")})


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


class ContactsForm(forms.Form):
    """Whom one looks for; without words, everyone."""

    words = forms.CharField(label=_("お名前・施設の名前でさがす"), max_length=100, required=False)

    def sifted(self, contacts: Sequence[Contact]) -> list[Contact]:
        """Return those who were asked for."""
        words = folded(self.cleaned_data["words"]) if self.is_valid() else ""
        return [one for one in contacts if words in one.found_by]


class PersonForm(forms.Form):
    """With whom one talks."""

    person = forms.UUIDField()

    def as_person(self) -> UUID:
        """Return who.

        Raises:
            NotVisible: what was sent is nobody's id.
        """
        if not self.is_valid():
            raise NotVisible
        person: UUID = self.cleaned_data["person"]
        return person


class OfferForm(PauseForm):
    """The address of someone with whom one would be connected."""

    email = MailboxField(
        label=_("相手の方のメールアドレス"),
        max_length=254,
        error_messages={"invalid": _("メールアドレスの形になっていません。")},
    )


class JoinForm(forms.Form):
    """By what one agrees to an invitation, and through which place in a facility."""

    token = forms.CharField(max_length=100, required=False)
    code = forms.CharField(max_length=100, required=False)
    invitation_id = forms.UUIDField(required=False)
    staff_id = forms.UUIDField(required=False)


class CodeForm(forms.Form):
    """A code that someone was handed."""

    code = forms.CharField(label=_("招待コード"), max_length=100)


class AskForm(PauseForm):
    """The address to which the link goes by which the holder of a code registers."""

    email = MailboxField(
        label=_("あなたのメールアドレス"),
        max_length=254,
        error_messages={"invalid": _("メールアドレスの形になっていません。")},
    )


def words_of(error: CareError) -> str:
    """Return what an invited reads when it goes no further."""
    if isinstance(error, TooMany):
        return str(BRAKED)
    return str(NOT_JOINED.get(error.reason, OVER))
