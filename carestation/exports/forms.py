"""What is typed when data are to be written out."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carestation.audit.choices import Deed
from carestation.audit.queries.record import Asked
from carestation.exports.choices import Extent, Rhythm
from carestation.exports.commands.exports import Wish
from carestation.exports.commands.plans import NewPlan
from carestation.exports.queries.plans import PlanShown
from carestation.exports.queries.sifting import Sifters
from carestation.exports.rules import LONGEST_PHRASE, is_strong
from carestation.kernel.errors import CareError
from carestation.kernel.text import UnfitText, clean_line
from carestation.ui.times import span_of

LONGEST_REASON: Final = 200
DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
SIFTED_BY: Final = ("since", "until", "person", "deed", "group")
REFUSALS: Final = {
    "weak_phrase": _("合言葉が弱すぎます。20文字以上の、ちがう文字の多いものにしてください。"),
    "running": _(
        "前にたのんだ書き出しを、まだ作成しています。終わってから、もう一度してください。"
    ),
}
OTHERWISE: Final = _("できませんでした。画面を読み込み直して、もう一度ためしてください。")


class PhraseForm(forms.Form):
    """A pass phrase, twice."""

    pass_phrase = forms.CharField(
        label=_("合言葉"), widget=forms.PasswordInput, max_length=LONGEST_PHRASE, strip=False
    )
    again = forms.CharField(
        label=_("合言葉をもう一度"),
        widget=forms.PasswordInput,
        max_length=LONGEST_PHRASE,
        strip=False,
    )

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why it was not taken."""
        self.add_error(None, str(REFUSALS.get(error.reason, OTHERWISE)))

    def clean_pass_phrase(self) -> str:
        """Return the pass phrase: any tool must be able to take it, years from now."""
        typed = str(self.cleaned_data["pass_phrase"])
        if not (typed.isascii() and typed.isprintable()):
            raise ValidationError(_("半角の英字・数字・記号だけを使ってください。"))
        if not is_strong(typed):
            raise ValidationError(REFUSALS["weak_phrase"])
        return typed

    def clean(self) -> None:
        """Compare what was typed twice."""
        typed = self.cleaned_data
        if typed.get("pass_phrase") and typed["pass_phrase"] != typed.get("again"):
            self.add_error("again", _("合言葉が同じではありません。"))


class ReasonForm(PhraseForm):
    """Why it is written out, and with which pass phrase it is closed."""

    reason = forms.CharField(label=_("書き出す理由"), max_length=LONGEST_REASON)

    def clean_reason(self) -> str:
        """Return the reason as it is kept; signs that show nothing are no reason."""
        try:
            reason = clean_line(self.cleaned_data["reason"])
        except UnfitText as error:
            raise ValidationError(_("使えない文字が入っています。")) from error
        if not reason:
            raise ValidationError(_("理由を書いてください。"))
        return reason


class ExportForm(ReasonForm):
    """How much is written out."""

    extent = forms.ChoiceField(label=_("書き出すもの"), widget=forms.RadioSelect)

    def __init__(self, data: QueryDict | None, offered: Sequence[Extent]) -> None:
        super().__init__(data, initial={"extent": offered[0].value})
        choices = [(one.value, one.label) for one in offered]
        self.fields["extent"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's

    def wish(self) -> Wish:
        """Return it."""
        typed = self.cleaned_data
        return Wish(
            extent=Extent(typed["extent"]),
            reason=typed["reason"],
            pass_phrase=typed["pass_phrase"],
        )


class RecordExportForm(ReasonForm):
    """Which part of the record is written out: all that is left open is in it."""

    since = forms.DateField(label=_("はじめの日"), required=False, widget=DAY)
    until = forms.DateField(label=_("おわりの日"), required=False, widget=DAY)
    person = forms.ChoiceField(label=_("だれが"), required=False)
    deed = forms.ChoiceField(
        label=_("操作"), choices=[("", _("すべて")), *Deed.choices], required=False
    )
    group = forms.ChoiceField(label=_("患者さん"), required=False)

    def __init__(self, data: QueryDict | None, offered: Sifters, shown: QueryDict) -> None:
        super().__init__(data, initial={name: shown.get(name) for name in SIFTED_BY})
        self.fields["person"].choices = offered.people()  # type: ignore[attr-defined]  # the same
        chosen = (data or shown).get("group", "")
        self.fields["group"].choices = offered.groups(chosen)  # type: ignore[attr-defined]  # the same

    def clean(self) -> None:
        """Refuse a period that ends before it begins."""
        super().clean()
        said = self.cleaned_data
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("おわりの日は、はじめの日より後にしてください。"))

    def wish(self) -> Wish:
        """Return it."""
        said = self.cleaned_data
        since, until = span_of(said["since"], said["until"])
        asked = Asked(
            since=since,
            until=until,
            person_id=UUID(said["person"]) if said["person"] else None,
            deed=Deed(said["deed"]) if said["deed"] else None,
            group_id=UUID(said["group"]) if said["group"] else None,
        )
        return Wish(
            extent=Extent.RECORD,
            reason=said["reason"],
            pass_phrase=said["pass_phrase"],
            asked=asked,
        )


class PlanForm(PhraseForm):
    """How often, and whether copies are made by themselves: then with which pass phrase."""

    rhythm = forms.ChoiceField(
        label=_("控えの間隔"), choices=Rhythm.choices, widget=forms.RadioSelect
    )
    is_automatic = forms.BooleanField(label=_("この間隔で、ひとりでに書き出す"), required=False)

    def __init__(self, data: QueryDict | None, plan: PlanShown) -> None:
        initial = {"rhythm": plan.rhythm.value, "is_automatic": plan.is_automatic}
        super().__init__(data, initial=initial)
        if data is None or "is_automatic" not in data:
            for name in ("pass_phrase", "again"):
                self.fields[name].required = False

    def clean_pass_phrase(self) -> str:
        """Return the pass phrase, where one is needed."""
        return super().clean_pass_phrase() if self.data.get("is_automatic") else ""

    def new_plan(self) -> NewPlan:
        """Return it."""
        typed = self.cleaned_data
        phrase = typed["pass_phrase"] if typed["is_automatic"] else ""
        return NewPlan(rhythm=Rhythm(typed["rhythm"]), pass_phrase=phrase)
