"""A facility's 安全の決まり, as a manager types them."""

from dataclasses import asdict, dataclass
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import Allowed, Letters
from carestation.facilities.forms.desk import TriedForm
from carestation.facilities.queries.policies import NAMES, Difference
from carestation.facilities.rules import Rules

YES: Final = _("はい")
NO: Final = _("いいえ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTold:
    """One rule that would change, in words.

    `affected`: how many people feel a stricter one; `bound`: how many need a second factor then.
    """

    label: str
    before: str
    after: str
    is_stricter: bool
    affected: int
    bound: int


class RulesForm(TriedForm):
    """All rules together; `version`: of those that were looked at."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    second_factor = forms.BooleanField(
        label=_("医療・介護の全員に、2段階の確認を必要とする"), required=False
    )
    idle_minutes = forms.IntegerField(
        label=_("操作がないとき画面を閉じるまで（分）"), min_value=5, max_value=60
    )
    absolute_hours = forms.IntegerField(
        label=_("サインインし直すまで（時間）"), min_value=1, max_value=24
    )
    shortest_password = forms.IntegerField(
        label=_("パスワードの最短の長さ（文字）"), min_value=8, max_value=64
    )
    trusted_devices = forms.BooleanField(
        label=_("自分の端末では、2段階の確認を30日省ける"), required=False
    )
    may_invite = forms.ChoiceField(
        label=_("グループに招待できる人"), choices=Allowed.choices, widget=forms.RadioSelect
    )
    may_export = forms.ChoiceField(
        label=_("データを書き出せる人"), choices=Allowed.choices, widget=forms.RadioSelect
    )
    family_invitations = forms.BooleanField(label=_("ご家族を招待できる"), required=False)
    retention_years = forms.IntegerField(
        label=_("操作の記録を保存する年数"), min_value=5, max_value=30
    )

    checkpoint_letters = forms.ChoiceField(
        label=_("記録の要約を管理者にメールする間隔"),
        choices=Letters.choices,
        widget=forms.RadioSelect,
    )

    def as_rules(self) -> Rules:
        """Return them."""
        typed = {name: self.cleaned_data[name] for name in NAMES}
        typed |= {name: Allowed(typed[name]) for name in ("may_invite", "may_export")}
        typed["checkpoint_letters"] = Letters(typed["checkpoint_letters"])
        return Rules(**typed)

    def told(self, changes: list[Difference]) -> list[ChangeTold]:
        """Return what would change, in words."""
        return [
            ChangeTold(
                label=str(self.fields[one.name].label),
                before=_in_words(one.before),
                after=_in_words(one.after),
                is_stricter=one.is_stricter,
                affected=one.affected,
                bound=one.bound,
            )
            for one in changes
        ]


def typed_rules(rules: Rules, version: int) -> dict[str, object]:
    """Return rules as the form shows them."""
    return asdict(rules) | {"version": version}


def _in_words(value: object) -> str:
    if isinstance(value, Allowed | Letters):
        return str(value.label)
    if isinstance(value, bool):
        return str(YES if value else NO)
    return str(value)
