"""What is looked for, as people type it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from carestation.groups.choices import Side
from carestation.groups.rules import Seat
from carestation.kernel.text import UnfitText, clean_line
from carestation.search.choices import Show
from carestation.search.queries.candidates import Question
from carestation.search.queries.finding import KINDS_SHOWN
from carestation.search.rules import words_of

LONGEST_WORDS: Final = 100
PAGES_AT_MOST: Final = 20
NOTHING_ASKED: Final = _("さがす言葉を入れるか、条件を選んでください。")
UNFIT: Final = _("この言葉は使えません。打ちなおしてください。")
PERIODS: Final = (
    ("", _("すべての期間")),
    ("7", _("この7日")),
    ("30", _("この30日")),
    ("365", _("この1年")),
)
SIDES: Final = (
    ("", _("医療・介護とご家族")),
    (Side.PROFESSIONAL.value, _("医療・介護だけ")),
    (Side.PATIENT.value, _("ご家族だけ")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What someone looks for, and where: in one group or all, at one side or both."""

    words: str
    group_id: UUID | None
    side: Side | None
    person_id: UUID | None
    days: int | None
    only_urgent: bool
    with_files: bool

    def takes(self, seat: Seat) -> bool:
        """Whether they look at the side of this seat."""
        is_there = self.group_id in {None, seat.group_id}
        return is_there and self.side in {None, seat.side}

    def question(self, show: Show, now: datetime) -> Question:
        """Return what is to be found."""
        return Question(
            words=words_of(self.words),
            kinds=KINDS_SHOWN[show],
            author_id=self.person_id,
            since=now - timedelta(days=self.days) if self.days else None,
            only_urgent=self.only_urgent,
            with_files=self.with_files,
        )


class SearchForm(forms.Form):
    """Words and conditions; one of them at the least."""

    words = forms.CharField(label=_("さがす言葉"), max_length=LONGEST_WORDS, required=False)
    group = forms.UUIDField(label=_("グループ"), required=False)
    person = forms.UUIDField(label=_("投稿した人"), required=False)
    days = forms.TypedChoiceField(
        label=_("期間"), choices=PERIODS, coerce=int, empty_value=None, required=False
    )
    side = forms.TypedChoiceField(
        label=_("場所"), choices=SIDES, coerce=Side, empty_value=None, required=False
    )
    only_urgent = forms.BooleanField(label=_("緊急だけ"), required=False)
    with_files = forms.BooleanField(label=_("写真・書類のある投稿だけ"), required=False)

    def clean_words(self) -> str:
        """Return the words in one line."""
        try:
            return clean_line(self.cleaned_data["words"])
        except UnfitText as unfit:
            raise forms.ValidationError(UNFIT) from unfit

    def clean(self) -> None:
        """Ask for something to look for."""
        said = self.cleaned_data
        narrowing = ("words", "person", "days", "only_urgent", "with_files")
        if not self.errors and not any(said.get(name) for name in narrowing):
            self.add_error("words", NOTHING_ASKED)

    def asked(self) -> Asked:
        """Return what the view wants."""
        said = self.cleaned_data
        return Asked(
            words=said["words"],
            group_id=said["group"],
            side=said["side"],
            person_id=said["person"],
            days=said["days"],
            only_urgent=said["only_urgent"],
            with_files=said["with_files"],
        )

    def as_kept(self) -> dict[str, str]:
        """Return what is put aside until the answer is shown."""
        return {name: str(self.data.get(name, "")) for name in self.fields if self.data.get(name)}


class ResultsForm(forms.Form):
    """Which results, and which page of them; nonsense counts as not said."""

    show = forms.TypedChoiceField(
        choices=Show.choices, coerce=Show, empty_value=Show.POSTS, required=False
    )
    page = forms.IntegerField(min_value=1, max_value=PAGES_AT_MOST, required=False)

    def said(self) -> tuple[Show, int]:
        """Return what the view wants."""
        self.full_clean()
        return self.cleaned_data.get("show", Show.POSTS), self.cleaned_data.get("page") or 1
