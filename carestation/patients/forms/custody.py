"""What is chosen when the managing facility of a patient's group changes."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carestation.groups.queries.unmanaged import Candidate
from carestation.kernel.errors import CareError
from carestation.patients.queries.custody import Taker

REFUSALS: Final = {
    "proposed_already": _("このグループには、答えを待っている提案がもうあります。"),
    "nobody_there": _(
        "引き受ける施設の方が、このグループに参加していません。先に、その施設の方を招待してください。"
    ),
    "custody_over": _("この提案は、もう答えが出たか、取り消されたか、期限が過ぎています。"),
    "stopped": _(
        "どちらかの施設が、いま利用を止められています。再開してから、もう一度してください。"
    ),
    "manager_missing": _("このグループの管理者にする方を選んでください。"),
}
OTHERWISE: Final = _("できませんでした。画面を読み込み直して、もう一度ためしてください。")


class _CustodyForm(forms.Form):
    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why it was not done."""
        self.add_error(None, str(REFUSALS.get(error.reason, OTHERWISE)))


class ProposalForm(_CustodyForm):
    """Which facility is to manage a group."""

    taker = forms.ChoiceField(
        label=_("引き継ぐ施設"),
        widget=forms.RadioSelect,
        error_messages={"required": _("引き継ぐ施設を選んでください。")},
    )

    def __init__(self, data: QueryDict | None, takers: Sequence[Taker]) -> None:
        super().__init__(data)
        choices = [(str(one.id), _told(one)) for one in takers]
        self.fields["taker"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's

    def as_taker(self) -> UUID:
        """Return it."""
        return UUID(self.cleaned_data["taker"])


class AnswerForm(_CustodyForm):
    """Whether the facility takes a group; and who manages it, where none of its people does."""

    accepts = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    manager = forms.ChoiceField(label=_("グループの管理者にする方"), required=False)

    def __init__(self, data: QueryDict | None, candidates: Sequence[Candidate]) -> None:
        super().__init__(data)
        choices = [(str(one.membership_id), f"{one.name}（{one.calling}）") for one in candidates]
        if len(choices) > 1:
            choices = [("", str(_("選んでください"))), *choices]
        self.fields["manager"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's

    @property
    def does_accept(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.cleaned_data["accepts"] == "yes")

    def as_manager(self) -> UUID | None:
        """Return the membership that was chosen, if one was."""
        chosen = self.cleaned_data["manager"]
        return UUID(chosen) if chosen else None


def _told(taker: Taker) -> str:
    reading = f"{taker.kana}・" if taker.kana else ""
    return f"{taker.name}（{reading}{taker.people}人が参加）"
