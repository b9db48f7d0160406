"""What was typed on a face sheet, cleaned."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from carestation.kernel.text import UnfitText, clean_line, clean_text
from carestation.patients.choices import CareLevel, Sex
from carestation.patients.queries.face_sheets import FaceSheet
from carestation.ui.times import local_date

LONGEST_NOTE = 2_000


class PatientForm(forms.Form):
    """Who a patient is, and what to beware of."""

    name = forms.CharField(label=_("お名前（姓と名のあいだに空白）"), max_length=100)
    kana = forms.CharField(label=_("ふりがな"), max_length=100)
    birth_date = forms.DateField(
        label=_("生年月日"), widget=forms.DateInput(attrs={"type": "date"})
    )
    sex = forms.ChoiceField(label=_("性別"), choices=Sex.choices)
    care_level = forms.ChoiceField(label=_("要介護度"), choices=CareLevel.choices, required=False)
    allergies = forms.CharField(label=_("アレルギー"), required=False, widget=forms.Textarea)

    def clean_birth_date(self) -> date:
        """Return the day, which nobody has yet to live to see."""
        day: date = self.cleaned_data["birth_date"]
        if day > local_date():
            raise ValidationError(_("まだ来ていない日は選べません。"), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        """Return the texts in the form in which they are kept."""
        said = super().clean() or self.cleaned_data
        for name in ("name", "kana", "allergies", "conditions", "contact"):
            is_line = name in {"name", "kana"}
            try:
                text = said.get(name, "")
                said[name] = clean_line(text) if is_line else clean_text(text, longest=LONGEST_NOTE)
            except UnfitText as unfit:
                words = _("使えない文字があるか、長すぎます。")
                self.add_error(name, ValidationError(words, code=unfit.reason))
                continue
            if is_line and not said[name] and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])
        return said

    def face_sheet(self) -> FaceSheet:
        """Return what the command wants."""
        said = self.cleaned_data
        return FaceSheet(
            name=said["name"],
            kana=said["kana"],
            birth_date=said["birth_date"],
            sex=Sex(said["sex"]),
            care_level=CareLevel(said["care_level"]),
            allergies=said["allergies"],
            conditions=said["conditions"],
            contact=said["contact"],
        )


class FaceSheetForm(PatientForm):
    """The whole face sheet; `version` is the one that was shown."""

    conditions = forms.CharField(label=_("主な病名"), required=False, widget=forms.Textarea)
    contact = forms.CharField(label=_("緊急時の連絡先"), required=False, widget=forms.Textarea)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def say_conflict(self, version: int) -> None:
        """Say that somebody else was first; the next try builds on what they wrote."""
        words = _("ほかの人が先に直しました。2つを見くらべて、もう一度保存してください。")
        self.add_error(None, ValidationError(words, code="conflict"))
        typed = {name: self.data.get(name) for name in self.fields}
        self.data = typed | {"version": str(version)}


def filled_form(sheet: FaceSheet, version: int) -> dict[str, object]:
    """Return what the form holds of a face sheet as it stands."""
    return {
        "name": sheet.name,
        "kana": sheet.kana,
        "birth_date": sheet.birth_date,
        "sex": sheet.sex.value,
        "care_level": sheet.care_level.value,
        "allergies": sheet.allergies,
        "conditions": sheet.conditions,
        "contact": sheet.contact,
        "version": version,
    }
