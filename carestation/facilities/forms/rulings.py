"""Why the operator decides something about a facility."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import Ruling
from carestation.facilities.forms.applications import Line
from carestation.facilities.forms.desk import DeskForm

LONGEST_REASON: Final = 300


class RulingForm(DeskForm):
    """A reason; the facility's managers read it."""

    reason = Line(
        label=_("理由"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )

    def for_ruling(self, ruling: Ruling) -> "RulingForm":
        """Return it as it is asked for: an approval needs no reason."""
        self.fields["reason"].required = ruling is not Ruling.APPROVE
        return self
