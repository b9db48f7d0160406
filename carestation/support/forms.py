"""What is typed at the console."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import FacilityState
from carestation.facilities.queries.rulings import FacilityLine
from carestation.facilities.queries.storage import Room
from carestation.facilities.rules import folded
from carestation.kernel.errors import Conflict, DomainError
from carestation.kernel.text import UnfitText, clean_text
from carestation.support.commands.outages import Telling
from carestation.support.queries.outages import Told
from carestation.support.rules import THREADS, WEB, WORKERS, Wanted
from carestation.ui.times import TOKYO

LONGEST_WORDS: Final = 100
LONGEST_TITLE: Final = 60
MINUTES: Final = "%Y-%m-%dT%H:%M"
LONGEST_NOTE: Final = 500
GIGABYTE: Final = 1024**3
MOST_GIGABYTES: Final = 1_000_000
# What runs where nobody decided anything: the fields begin with it.
USUAL: Final = Wanted(web=2, threads=4, workers=1)
REFUSALS: Final = {
    "connections": _(
        "データベースの接続が足りません。Webの処理の数か、同時に扱う数を減らすか、"
        "データベースの max_connections を増やしてください。"
    ),
    "list_changed": _("見ているあいだに一覧が変わりました。もう一度、一覧を見てください。"),
    "not_yet": _("まだ来ていない時刻です。いままでの時刻を入れてください。"),
    "not_then": _("終わりが、始まりより前です。時刻を直してください。"),
}
UNFIT: Final = _("使えない文字があるか、長すぎます。")


class FacilityListForm(forms.Form):
    """Words and state; anything unknown shows all."""

    words = forms.CharField(label=_("施設の名前・よみ"), max_length=LONGEST_WORDS, required=False)
    state = forms.ChoiceField(
        label=_("状態"), choices=[("", _("すべて")), *FacilityState.choices], required=False
    )

    def sifted(self, facilities: Sequence[FacilityLine]) -> list[FacilityLine]:
        """Return those that were asked for; who waits comes first."""
        said = self.cleaned_data if self.is_valid() else {}
        words, state = folded(said.get("words", "")), said.get("state")
        found = [
            one for one in facilities if (not state or one.state == state) and words in one.found_by
        ]
        return sorted(found, key=lambda one: one.state is not FacilityState.WAITING)


class CapacityForm(forms.Form):
    """How many processes shall run on each machine."""

    web = forms.IntegerField(label=_("Webの処理の数"), min_value=WEB.start, max_value=WEB.stop - 1)
    threads = forms.IntegerField(
        label=_("Webの処理1つが同時に扱う数"), min_value=THREADS.start, max_value=THREADS.stop - 1
    )
    workers = forms.IntegerField(
        label=_("裏側の処理役の数"), min_value=WORKERS.start, max_value=WORKERS.stop - 1
    )

    @classmethod
    def of(cls, wanted: Wanted | None, typed: Mapping[str, str] | None) -> Self:
        """Return the form with what was typed, or with what is decided."""
        return cls(typed, initial=asdict(wanted or USUAL))

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def wanted(self) -> Wanted:
        """Return what was typed."""
        return Wanted(**self.cleaned_data)

    def refuse(self, error: DomainError) -> None:
        """Say why it was not taken."""
        self.add_error(None, str(REFUSALS[error.reason]))


class OperatorsReviewForm(forms.Form):
    """That the list of operators was looked through; `mark`: of the list that was shown."""

    mark = forms.CharField(widget=forms.HiddenInput, required=False)
    is_right = forms.BooleanField(label=_("ひとりずつ確かめ、この一覧で正しいことを確認しました"))

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: Conflict) -> None:
        """Say why it was not taken."""
        self.add_error(None, str(REFUSALS[error.reason]))


class LimitForm(forms.Form):
    """How much the files of a facility may take, in GB; nothing: as much as there is."""

    limit = forms.IntegerField(
        label=_("上限（GB）"), min_value=1, max_value=MOST_GIGABYTES, required=False
    )

    @classmethod
    def of(cls, room: Room, typed: Mapping[str, str] | None) -> Self:
        """Return the form with what was typed, or with what holds."""
        return cls(typed, initial={"limit": (room.limit_bytes or 0) // GIGABYTE or None})

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def limit_bytes(self) -> int | None:
        """Return what was typed, in bytes."""
        limit = self.cleaned_data["limit"]
        return None if limit is None else int(limit) * GIGABYTE


class MomentInput(forms.DateTimeInput):
    """A field that the browser gives a calendar and a clock."""

    input_type = "datetime-local"


class JapaneseMoment(forms.DateTimeField):
    """A day and a time of Japan's, to the minute."""

    widget = MomentInput

    def to_python(self, value: str | date | None) -> datetime | None:
        """Return the moment."""
        with timezone.override(TOKYO):
            return super().to_python(value)

    def prepare_value(self, value: object) -> object:
        """Return it as Japan's clocks say it."""
        if isinstance(value, datetime):
            return value.astimezone(TOKYO).strftime(MINUTES)
        return value


class Said(forms.CharField):
    """What everyone will read, in the form in which it is kept."""

    def __init__(self, *, longest: int, **options: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(**options)
        self.longest = longest

    def to_python(self, value: object) -> str:
        """Return it without hidden signs."""
        try:
            return clean_text(str(super().to_python(value)), longest=self.longest)
        except UnfitText as error:
            raise ValidationError(UNFIT) from error


class OutageForm(forms.Form):
    """What is told of an outage: a new one, or one that was told of before."""

    title = Said(label=_("題名"), longest=LONGEST_TITLE)
    began_at = JapaneseMoment(label=_("始まり（日本時間）"))
    ended_at = JapaneseMoment(label=_("終わり（日本時間）"), required=False)
    words = Said(
        label=_("知らせること"),
        longest=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def of(cls, told: Told | None, typed: Mapping[str, str] | None) -> Self:
        """Return the form with what was typed, or with what was told."""
        begins = {"began_at": timezone.now()}
        kept = (
            {"title": told.title, "began_at": told.began_at, "ended_at": told.ended_at}
            if told
            else begins
        )
        return cls(typed, initial=kept)

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def telling(self) -> Telling:
        """Return what was typed."""
        return Telling(**self.cleaned_data)

    def refuse(self, error: DomainError) -> None:
        """Say why it was not taken."""
        self.add_error(
            "ended_at" if error.reason == "not_then" else None, str(REFUSALS[error.reason])
        )
