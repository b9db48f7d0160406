"""Whom a manager adds to a group."""

from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.groups.choices import Relation, Role

REFUSALS: Final = {
    "no_such_person": _("このメールアドレスの方は、まだ登録がありません。"),
    "no_place_of_work": _("この方は、いま施設に所属していません。"),
    "sits_already": _("この方は、すでに参加しています。"),
    "no_family_by_rules": _("あなたの施設の決まりか権限では、ご家族は招待できません。"),
    "managers_invite": _(
        "あなたの権限では、グループに招待できません。施設の管理者にたのんでください。"
    ),
    "no_family_here": _("ご家族は、患者グループにだけ参加できます。"),
}


class AddForm(forms.Form):
    """An address of someone who has an account, and as what they are to sit here."""

    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        error_messages={
            "required": _("メールアドレスを入力してください。"),
            "invalid": _("メールアドレスの形になっていません。"),
        },
    )
    role = forms.ChoiceField(
        label=_("役割"),
        choices=[
            (Role.PROFESSIONAL.value, _("医療・介護")),
            (Role.MANAGER.value, _("グループの管理者")),
            (Role.FAMILY.value, _("ご家族")),
        ],
        initial=Role.PROFESSIONAL.value,
        widget=forms.RadioSelect,
    )
    relation = forms.ChoiceField(
        label=_("ご家族の場合"),
        choices=[("", _("選んでください")), *Relation.choices],
        required=False,
    )

    def refuse(self, reason: str) -> None:
        """Say at the address why this person was not added."""
        words = REFUSALS.get(reason, _("追加できませんでした。"))
        self.add_error("email", ValidationError(words, code=reason))

    def as_role(self) -> Role:
        """Return the role."""
        return Role(self.cleaned_data["role"])

    def as_relation(self) -> Relation:
        """Return what someone of the family is; family, where nothing was chosen."""
        return Relation(self.cleaned_data["relation"] or Relation.FAMILY)
