"""What a person typed, cleaned."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carestation.kernel.ids import uuid7
from carestation.kernel.text import TextReason, UnfitText, clean_text
from carestation.timeline.choices import Urgency
from carestation.timeline.commands.posts import Draft
from carestation.timeline.forms.files import FILES_GONE, STORAGE_FULL

WORDS: Final = {
    TextReason.UNFIT: _("使えない文字が入っています。消してから、もう一度送ってください。"),
    TextReason.LONG: _("長すぎます。1万字までにしてください。"),
}


REFUSALS: Final = {
    "empty": _("本文を書くか、写真や書類を付けてください。"),
    "too_many_files": _("添付は10個までです。減らしてから送ってください。"),
    "calm_side": _("ご家族の側では、緊急や「了解が必要」は使えません。"),
    "not_a_member": _("選んだ相手の中に、もうメンバーでない方がいます。選び直してください。"),
    "draft_sent": _(
        "この下書きは、もう投稿されています。いま書いてある文は、まだ投稿していません。"
        "投稿すると、新しい投稿になります。"
    ),
    "files_gone": FILES_GONE,
    "storage_full": STORAGE_FULL,
}


TOO_LATE: Final = _(
    "投稿を直せるのは15分までです。前の投稿は、そのままです。"
    "いま書いてある文は、まだ投稿していません。新しい投稿として送れます。"
)


class Manner(StrEnum):
    """How a post asks for attention; the three chips of the composer."""

    NORMAL = "normal"
    ASKS = "asks"
    URGENT = "urgent"


class WordsField(forms.CharField):
    """A text of several lines, in the form in which it is kept."""

    def to_python(self, value: Any) -> str:  # noqa: ANN401 - Django's signature
        """Return the text, cleaned.

        Raises:
            ValidationError: it holds what no keyboard makes, or is too long.
        """
        try:
            return clean_text(str(value or ""))
        except UnfitText as unfit:
            raise ValidationError(WORDS[unfit.reason], code=unfit.reason) from unfit

    def run_validators(self, value: str) -> None:
        """Check nothing more: `clean_text` has said all."""


class IdsField(forms.TypedMultipleChoiceField):
    """Any number of ids."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(coerce=forms.UUIDField().clean, required=False, **options)

    def valid_value(self, value: str) -> bool:  # noqa: ARG002 - the command asks whose they are
        """Take any: whether they are there is the command's question."""
        return True


class DraftForm(forms.Form):
    """A draft: its id comes with the form, so that sending twice is harmless."""

    draft_id = forms.UUIDField()
    body = WordsField(required=False)
    manner = forms.ChoiceField(choices=[(one.value, one.name) for one in Manner], required=False)
    parent_id = forms.UUIDField(required=False)
    mentions = IdsField()
    attachments = IdsField()
    is_confirmed = forms.BooleanField(required=False)

    def attachment_ids(self) -> list[UUID]:
        """Return the files that were handed in before, whether or not all else is well."""
        if not self.is_bound:
            return []
        self.is_valid()  # the first look cleans
        return list(self.cleaned_data.get("attachments", []))

    def refuse_files(self, refusals: Sequence[str]) -> None:
        """Say of each file that came with the form why it is not taken."""
        for words in refusals:
            self.add_error(None, ValidationError(words, code="file"))

    def refuse(self, reason: str) -> None:
        """Say at the form why the command did not take it; what is a post already begins anew."""
        if reason == "draft_sent" and isinstance(self.data, QueryDict):
            anew = self.data.copy()
            anew["draft_id"] = str(uuid7())
            self.data = anew
        self.add_error(None, ValidationError(REFUSALS.get(reason, reason), code=reason))

    def draft(self) -> Draft:
        """Return what the command wants."""
        said = self.cleaned_data
        manner = Manner(said["manner"] or Manner.NORMAL)
        return Draft(
            id=said["draft_id"],
            body=said["body"],
            parent_id=said["parent_id"],
            urgency=Urgency.URGENT if manner is Manner.URGENT else Urgency.NORMAL,
            asks_acknowledgement=manner is not Manner.NORMAL,
            mentions=tuple(said["mentions"]),
            attachments=tuple(said["attachments"]),
        )


def fresh_draft() -> dict[str, object]:
    """Return what a new composer holds: the id of the draft to come."""
    return {"draft_id": uuid7(), "manner": Manner.NORMAL.value}


class EditForm(forms.Form):
    """Other words for a post; `as_another`: the draft that they are, where they come too late."""

    body = WordsField(
        label=_("本文"),
        widget=forms.Textarea,
        error_messages={"required": _("本文を書いてください。")},
    )
    as_another: UUID | None = None

    def refuse_late(self) -> None:
        """Say that the post stays as it is; what was typed can be another one."""
        self.full_clean()
        self.add_error(None, TOO_LATE)
        self.as_another = uuid7()


class MarkForm(forms.Form):
    """The number of the newest post that was shown."""

    number = forms.IntegerField(min_value=0, max_value=2**62)


class SignForm(forms.Form):
    """Whether the sign 了解 is given or taken back."""

    acknowledged = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
