"""A role of a facility's own, as a manager chooses it."""

from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import Right
from carestation.facilities.commands.roles import NewRole
from carestation.facilities.forms.desk import TriedForm
from carestation.facilities.queries.roles import CustomRoleShown
from carestation.facilities.rules import MANAGERS_ALONE
from carestation.kernel.text import UnfitText, clean_line

LONGEST_NAME: Final = 30
CHOICES: Final = [(one.value, one.label) for one in Right if one not in MANAGERS_ALONE]


class RoleForm(TriedForm):
    """A name, and rights in words; `version`: of the role that was looked at."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    name = forms.CharField(label=_("権限の組の名前"), max_length=LONGEST_NAME)
    rights = forms.MultipleChoiceField(
        label=_("できること"),
        choices=CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_name(self) -> str:
        """Return the name as it is kept."""
        try:
            name = clean_line(self.cleaned_data["name"], longest=LONGEST_NAME)
        except UnfitText as error:
            raise ValidationError(_("使えない文字が入っています。")) from error
        if not name:
            raise ValidationError(_("入力してください。"))
        return name

    def as_role(self) -> NewRole:
        """Return it."""
        chosen = frozenset(Right(one) for one in self.cleaned_data["rights"])
        return NewRole(name=self.cleaned_data["name"], rights=chosen)


def typed_role(role: CustomRoleShown | None, members: frozenset[Right]) -> dict[str, object]:
    """Return a role as the form shows it; a new one begins with what every member may do."""
    held = members if role is None else role.granted
    rights = [one.value for one in Right if one in held]
    if role is None:
        return {"version": 0, "rights": rights}
    return {"version": role.version, "name": role.title, "rights": rights}
