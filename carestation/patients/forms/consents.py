"""What is typed about a patient's consent, and about its withdrawal."""

from http import HTTPStatus
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from carestation.groups.choices import Relation
from carestation.kernel.errors import CareError
from carestation.kernel.text import UnfitText, clean_line, clean_text
from carestation.patients.choices import ConsentForm, ConsentScope
from carestation.patients.commands.consents import NewConsent
from carestation.patients.queries.consents import ConsentWords

LONGEST_NOTE: Final = 1_000
LONGEST_NAME: Final = 60
REFUSALS: Final = {
    "not_yet": _("まだ来ていない日は選べません。"),
    "not_then": _("同意の日から今日までの日を選んでください。"),
    "consent_changed": _(
        "ほかの人が先に変えました。いまの同意を確かめて、もう一度記録してください。"
    ),
}
OTHERWISE: Final = _("記録できませんでした。画面を読み込み直して、もう一度ためしてください。")


class Day(forms.DateField):
    """A day of the calendar."""

    widget = forms.DateInput(attrs={"type": "date"})


class Note(forms.CharField):
    """Some lines, if there is more to say; in the form in which they are kept."""

    widget = forms.Textarea

    def __init__(self, *, label: StrOrPromise) -> None:
        super().__init__(label=label, required=False)

    def to_python(self, value: object) -> str:
        """Return it without hidden signs; what shows nothing was not typed."""
        try:
            return clean_text(str(super().to_python(value)), longest=LONGEST_NOTE)
        except UnfitText as error:
            raise ValidationError(_("使えない文字があるか、長すぎます。")) from error


class RecordForm(forms.Form):
    """A form that a command can refuse: what it says becomes an error of its own."""

    refused_at: str | None = None

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why it was not put down."""
        is_of_a_day = error.reason in {"not_yet", "not_then"}
        words = REFUSALS.get(error.reason, OTHERWISE)
        self.add_error(self.refused_at if is_of_a_day else None, ValidationError(words))


class NewConsentForm(RecordForm):
    """A consent that was given."""

    refused_at = "given_on"

    scope = forms.ChoiceField(
        label=_("だれと共有するか"), choices=ConsentScope.choices, widget=forms.RadioSelect
    )
    given_by = forms.ChoiceField(
        label=_("同意した方"), choices=Relation.choices, initial=Relation.PATIENT.value
    )
    form = forms.ChoiceField(label=_("同意の形"), choices=ConsentForm.choices)
    given_on = Day(label=_("同意の日"))
    explained_by = forms.CharField(label=_("説明した人"), max_length=LONGEST_NAME)
    note = Note(label=_("説明した内容・条件など"))

    def clean_explained_by(self) -> str:
        """Return the name as it is kept."""
        try:
            name = clean_line(self.cleaned_data["explained_by"], longest=LONGEST_NAME)
        except UnfitText as error:
            raise ValidationError(_("使えない文字が入っています。")) from error
        if not name:
            raise ValidationError(self.fields["explained_by"].error_messages["required"])
        return name

    def as_new(self) -> NewConsent:
        """Return what the command wants."""
        said = self.cleaned_data
        return NewConsent(
            scope=ConsentScope(said["scope"]),
            form=ConsentForm(said["form"]),
            given_by=Relation(said["given_by"]),
            given_on=said["given_on"],
            words=ConsentWords(explained_by=said["explained_by"], note=said["note"]),
        )


class WithdrawalForm(RecordForm):
    """That the consent which was shown was withdrawn."""

    refused_at = "withdrawn_on"

    consent_id = forms.UUIDField(widget=forms.HiddenInput)
    withdrawn_on = Day(label=_("撤回の日"))
    note = Note(label=_("撤回のときの話"))
