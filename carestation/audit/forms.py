"""What the record is sifted by."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carestation.audit.choices import Deed
from carestation.audit.queries.record import Asked, GroupTold
from carestation.ui.times import span_of

DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """A first and a last day, in Japan; either may be left open."""

    since = forms.DateField(label=_("はじめの日"), required=False, widget=DAY)
    until = forms.DateField(label=_("おわりの日"), required=False, widget=DAY)

    def clean(self) -> None:
        """Refuse a period that ends before it begins."""
        said = self.cleaned_data
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("おわりの日は、はじめの日より後にしてください。"))

    def period(self) -> tuple[datetime | None, datetime | None]:
        """Return from when to when; what makes no sense is left open."""
        said = self.cleaned_data if self.is_bound and not self.errors else {}
        return span_of(said.get("since"), said.get("until"))


class RecordForm(PeriodForm):
    """Who, which deed, which group; anything unknown shows all."""

    person = forms.UUIDField(label=_("だれが"), required=False)
    deed = forms.ChoiceField(
        label=_("操作"), choices=[("", _("すべて")), *Deed.choices], required=False
    )
    group = forms.UUIDField(label=_("患者さん"), required=False)
    before = forms.IntegerField(required=False, min_value=0, max_value=2**62)

    def asked(self) -> Asked:
        """Return what is looked for."""
        said = self.cleaned_data if self.is_valid() else {}
        since, until = self.period()
        return Asked(
            since=since,
            until=until,
            person_id=said.get("person"),
            deed=Deed(said["deed"]) if said.get("deed") else None,
            group_id=said.get("group"),
            before=said.get("before"),
        )

    def query(self, **more: object) -> str:
        """Return what was asked as the end of an address, with something else in its place."""
        query = QueryDict(mutable=True)
        said = {**{name: self[name].value() for name in self.fields}, "before": None, **more}
        query.update({name: str(value) for name, value in said.items() if value})
        return query.urlencode()


def people_choices(people: Mapping[UUID, str]) -> list[tuple[str, str]]:
    """Return who can be chosen."""
    return [("", str(_("すべての人"))), *((str(one), name) for one, name in people.items())]


def group_choices(groups: Sequence[GroupTold], chosen: UUID | None) -> list[tuple[str, str]]:
    """Return which patients can be chosen; a group without a name stays while it is."""
    named = [(str(one.id), f"{one.patient} 様") for one in groups]
    known = {one.id for one in groups}
    other = [(str(chosen), str(_("選んだグループ")))] if chosen and chosen not in known else []
    return [("", str(_("すべて"))), *named, *other]
