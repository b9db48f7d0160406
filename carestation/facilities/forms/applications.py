"""What is typed when a facility registers itself, and of itself later."""

import re
import unicodedata
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.accounts.rules import hiragana
from carestation.facilities.choices import FacilityKind, Profession
from carestation.facilities.forms.desk import DeskForm
from carestation.facilities.queries.applications import ToldFacility
from carestation.facilities.rules import TERMS_VERSION
from carestation.kernel.mailboxes import MailboxField
from carestation.kernel.text import UnfitText, clean_line

# What a Japanese keyboard gives where a hyphen is meant.
_HYPHENS: Final = str.maketrans(dict.fromkeys("ー−‐‑–—―", "-"))
_PHONE: Final = re.compile(r"0\d{9,10}|0\d{1,4}-\d{1,4}-\d{3,4}", re.ASCII)


class Line(forms.CharField):
    """A line of text, as it is kept."""

    def to_python(self, value: object) -> str:
        """Return it in one form, without hidden signs; what shows nothing was not typed."""
        try:
            return clean_line(str(super().to_python(value)))
        except UnfitText as error:
            raise ValidationError(_("使えない文字が入っています。")) from error


class Reading(Line):
    """How a name is read, as it is kept: in hiragana."""

    def to_python(self, value: object) -> str:
        """Return it."""
        return hiragana(super().to_python(value))


class Phone(Line):
    """A telephone number, as it is kept: digits, with hyphens where they were typed."""

    def to_python(self, value: object) -> str:
        """Return it."""
        typed = unicodedata.normalize("NFKC", super().to_python(value)).translate(_HYPHENS)
        if typed and not _PHONE.fullmatch(typed):
            raise ValidationError(_("電話番号の形になっていません。例：03-1234-5678"))
        return typed


class ApplyForm(DeskForm):
    """A facility that shall take part, and the address to which the link goes."""

    kind = forms.ChoiceField(
        label=_("施設の種類"), choices=[("", _("選んでください")), *FacilityKind.choices]
    )
    name = Line(label=_("施設の名前"), max_length=100)
    kana = Reading(label=_("施設の名前のふりがな"), max_length=100)
    address = Line(label=_("所在地"), max_length=200)
    contact = Line(label=_("電話番号と担当の部署"), max_length=100)
    email = MailboxField(
        label=_("最初の管理者のメールアドレス"),
        max_length=254,
        error_messages={"invalid": _("メールアドレスの形になっていません。")},
    )
    terms_version = forms.CharField(
        max_length=20, initial=TERMS_VERSION.value, widget=forms.HiddenInput
    )
    accepts_terms = forms.BooleanField(label=_("利用規約を読み、施設として同意します"))

    def told(self) -> ToldFacility:
        """Return what was said of the facility."""
        typed = self.cleaned_data
        return ToldFacility(
            kind=FacilityKind(typed["kind"]),
            name=typed["name"],
            kana=typed["kana"],
            address=typed["address"],
            contact=typed["contact"],
        )


class FacilityForm(DeskForm):
    """What the desk says of its facility."""

    kana = Reading(label=_("施設の名前のふりがな"), max_length=100)
    phone = Phone(label=_("グループに出す電話番号"), max_length=20, required=False)


class FounderForm(forms.Form):
    """What the first manager does for a living."""

    profession = forms.ChoiceField(
        label=_("職種"), choices=[("", _("選んでください")), *Profession.choices]
    )

    def as_profession(self) -> Profession:
        """Return it."""
        return Profession(self.cleaned_data["profession"])
