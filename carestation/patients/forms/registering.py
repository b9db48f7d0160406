"""What was typed of a patient who is new."""

from collections.abc import Collection
from http import HTTPStatus
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.patients.choices import Sex
from carestation.patients.forms.face_sheets import PatientForm


class RegisterForm(PatientForm):
    """A patient who is new; `told`: the groups whose patients were shown as alike."""

    sex = forms.ChoiceField(label=_("性別"), choices=Sex.choices, widget=forms.RadioSelect)
    told = forms.CharField(required=False, widget=forms.HiddenInput)
    is_another = forms.BooleanField(label=_("別の方です"), required=False)

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def tells_apart(self, alike: Collection[UUID]) -> bool:
        """Whether each of these was shown, and is said to be another; else the form asks."""
        was_shown = {str(one) for one in alike} <= set(self.cleaned_data["told"].split())
        if not alike or (was_shown and self.cleaned_data["is_another"]):
            return True
        self.ask_apart(alike)
        return False

    def ask_apart(self, alike: Collection[UUID]) -> None:
        """Ask whether this is another than each of these; what was said of others counts not."""
        words = _("似た方がいます。別の方なら、印を付けてもう一度押してください。")
        self.add_error("is_another", ValidationError(words, code="alike"))
        typed = {name: self.data.get(name) for name in self.fields if name != "is_another"}
        self.data = typed | {"told": " ".join(sorted(map(str, alike)))}
