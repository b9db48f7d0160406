"""Whom a member invites into a group."""

from http import HTTPStatus
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carestation.groups.choices import Kind, Relation, Role, Side
from carestation.groups.commands.invitations import Invited
from carestation.groups.rules import Seat
from carestation.kernel.errors import CareError, TooMany
from carestation.kernel.mailboxes import MailboxField
from carestation.kernel.text import UnfitText, clean_line

LONGEST_NAME: Final = 60
INVITABLE: Final = (Role.PROFESSIONAL, Role.FAMILY)
AT_THE_ADDRESS: Final = {
    "sits_already": _("この方は、すでに参加しています。"),
    "invited_already": _("もう招待しています。招待した人が、メンバーの画面から再送できます。"),
}
REFUSALS: Final = {
    "no_consent": _("患者さんの同意が記録されていません。先に「同意の記録」で記録してください。"),
    "no_consent_for_family": _(
        "いまの同意に、ご家族との共有が入っていません。先に「同意の記録」で記録してください。"
    ),
    "no_family_by_rules": _("あなたの施設の決まりか権限では、ご家族は招待できません。"),
    "managers_invite": _(
        "あなたの権限では、グループに招待できません。施設の管理者にたのんでください。"
    ),
    "awaiting_approval": _("運営の承認を待っています。承認されると、招待できます。"),
    "no_family_here": _("ご家族は、患者グループにだけ参加できます。"),
}
BRAKED: Final = _("続けて招待したため、いまは受け付けられません。1時間ほど待ってください。")
OTHERWISE: Final = _("招待できませんでした。画面を読み込み直して、もう一度ためしてください。")


class _InvitingForm(forms.Form):
    _is_braked = False

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong, 429 when braked."""
        if self._is_braked:
            return HTTPStatus.TOO_MANY_REQUESTS
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why they were not invited: at the address, or above the form."""
        self._is_braked = isinstance(error, TooMany)
        if error.reason in AT_THE_ADDRESS:
            self.add_error(
                "email" if "email" in self.fields else None,
                ValidationError(AT_THE_ADDRESS[error.reason]),
            )
            return
        words = BRAKED if self._is_braked else REFUSALS.get(error.reason, OTHERWISE)
        self.add_error(None, ValidationError(words, code=error.reason))

    @property
    def lacks_consent(self) -> bool:
        """Whether it was refused because the patient's consent is missing."""
        return self.has_error("__all__", "no_consent") or self.has_error(
            "__all__", "no_consent_for_family"
        )


class InviteForm(_InvitingForm):
    """Someone to invite, as what; by mail, or by a code where `way` says so."""

    name = forms.CharField(label=_("お名前"), max_length=LONGEST_NAME)
    role = forms.ChoiceField(label=_("役割"), widget=forms.RadioSelect)
    relation = forms.ChoiceField(
        label=_("ご家族の場合"),
        choices=Relation.choices,
        initial=Relation.FAMILY.value,
        required=False,
    )
    email = MailboxField(
        label=_("メールアドレス"),
        max_length=254,
        required=False,
        error_messages={"invalid": _("メールアドレスの形になっていません。")},
    )
    way = forms.ChoiceField(choices=[("mail", ""), ("code", "")], required=False)

    def __init__(self, seat: Seat, said: QueryDict | None) -> None:
        own = Role.FAMILY if seat.side is Side.PATIENT else Role.PROFESSIONAL
        super().__init__(said, initial={"role": own.value})
        roles = INVITABLE if seat.kind is Kind.PATIENT else INVITABLE[:1]
        field = self.fields["role"]
        field.choices = [(one.value, one.label) for one in roles]  # type: ignore[attr-defined]  # a choice field

    def clean_name(self) -> str:
        """Return the name as it is kept."""
        try:
            name = clean_line(self.cleaned_data["name"], longest=LONGEST_NAME)
        except UnfitText as error:
            raise ValidationError(_("使えない文字が入っています。")) from error
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"])
        return name

    def clean(self) -> dict[str, object]:
        """Want an address, where it goes by mail."""
        said: dict[str, object] = super().clean() or {}
        is_by_mail = said.get("way") != "code"
        if is_by_mail and not said.get("email") and "email" not in self.errors:
            self.add_error("email", self.fields["email"].error_messages["required"])
        return said

    def as_invited(self) -> Invited:
        """Return whom the command wants."""
        said = self.cleaned_data
        role = Role(said["role"])
        relation = Relation(said["relation"] or Relation.FAMILY) if role is Role.FAMILY else None
        email = "" if said["way"] == "code" else said["email"]
        return Invited(name=said["name"], role=role, relation=relation, email=email)


class ChosenForm(_InvitingForm):
    """Someone whom one knows, to invite; and the words by which the list was searched."""

    person = forms.UUIDField(error_messages={"required": _("招待する方を選んでください。")})
