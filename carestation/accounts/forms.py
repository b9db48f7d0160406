"""What people type at the entry and on the page of their own account."""

from http import HTTPStatus
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from carestation.accounts.choices import Weakness
from carestation.accounts.commands.registrations import PersonDraft
from carestation.accounts.rules import LONGEST_PASSWORD, hiragana
from carestation.kernel.errors import CareError, TooMany
from carestation.kernel.mailboxes import MailboxField
from carestation.kernel.text import UnfitText, clean_line

LONGEST_ADDRESS: Final = 254
LONGEST_CODE: Final = 40
LONGEST_NAME: Final = 60
LONGEST_ANSWER: Final = 20_000
REFUSALS: Final = {
    "sign_in": _("メールアドレスかパスワードが違います。"),
    "password": _("パスワードが違います。"),
    "code": _("確認コードが違うか、もう使われています。新しい数字を待って、入力してください。"),
    "passkey": _("パスキーを確かめられませんでした。もう一度ためしてください。"),
    "last_factor": _("医療・介護の方は、2段階の確認をひとつは残してください。"),
    "known": _("このメールアドレスには、もうアカウントがあります。サインインして進んでください。"),
    "same_address": _("いまと同じメールアドレスです。"),
    "not_offered": _("この方法は、いまは新しく設定できません。"),
    "other_address": _(
        "この案内は、別のメールアドレスあてです。"
        "案内を受け取ったメールアドレスでサインインしてください。"
    ),
    "too_many": _("これ以上は登録できません。使わないものを消してください。"),
    **{weakness.value: weakness.label for weakness in Weakness},
}
OTHERWISE: Final = _("できませんでした。もう一度ためしてください。")
BRAKED: Final = _(
    "まちがいが続いたため、いまは使えません。%(minutes)s分たってから、もう一度ためしてください。"
)
LAST_TRY: Final = _("15分間使えなくなりました。")
TRIES_LEFT: Final = _("あと%(left)s回まちがえると、15分間使えなくなります。")


class RefusableForm(forms.Form):
    """A form that a command can refuse: what it says becomes the form's own error."""

    _is_braked = False

    @property
    def status(self) -> HTTPStatus:
        """The status of the page that shows this form: 422 with what is wrong, 429 when braked."""
        if self._is_braked:
            return HTTPStatus.TOO_MANY_REQUESTS
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.is_bound else HTTPStatus.OK

    def refuse(self, error: CareError) -> None:
        """Say why it was not taken."""
        self.add_error(None, self.words_of(error))
        self._is_braked = isinstance(error, TooMany)

    def words_of(self, error: CareError) -> str:
        """Return what a person reads of a refusal."""
        if isinstance(error, TooMany):
            return str(BRAKED) % {"minutes": -(-error.retry_after_seconds // 60)}
        words = str(REFUSALS.get(error.reason, OTHERWISE))
        left = getattr(error, "tries_left", None)
        if left is None:
            return words
        return words + (str(TRIES_LEFT) % {"left": left} if left else str(LAST_TRY))


class Password(forms.CharField):
    """A password: as typed, with its spaces."""

    widget = forms.PasswordInput

    def __init__(self, *, label: StrOrPromise) -> None:
        super().__init__(label=label, max_length=LONGEST_PASSWORD, strip=False)


class SignInForm(RefusableForm):
    """Mail address and password."""

    email = forms.CharField(
        label=_("メールアドレス"), max_length=LONGEST_ADDRESS, widget=forms.EmailInput
    )
    password = Password(label=_("パスワード"))
    shared = forms.BooleanField(
        label=_("ほかの人も使う端末です"),
        help_text=_("画面を閉じるとサインアウトし、この端末に何も残しません。"),
        required=False,
    )


class CodeForm(RefusableForm):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(label=_("確認コード"), max_length=LONGEST_CODE)


class SecondStepForm(CodeForm):
    """The code, and whether the device shall have to show one again."""

    trust = forms.BooleanField(
        label=_("この端末では30日間、確認を省く"),
        help_text=_("自分だけが使う端末のときに選んでください。"),
        required=False,
    )


class PasskeyForm(RefusableForm):
    """What the browser answered to a challenge, and the challenge's own state."""

    state = forms.CharField(max_length=2_000, widget=forms.HiddenInput)
    answer = forms.CharField(max_length=LONGEST_ANSWER, widget=forms.HiddenInput)
    shared = forms.BooleanField(required=False, widget=forms.HiddenInput)


class NewPasskeyForm(PasskeyForm):
    """A new passkey, and what its owner calls it."""

    name = forms.CharField(label=_("パスキーの名前"), max_length=LONGEST_NAME)

    def clean_name(self) -> str:
        """Return the name as it is kept."""
        return _line(self.cleaned_data["name"])


class OwnPasswordForm(RefusableForm):
    """The password again: to open an idle session, or before what is hard to undo."""

    password = Password(label=_("パスワード"))

    def words_of(self, error: CareError) -> str:
        """Return what a person reads; the address is not in question here."""
        words = super().words_of(error)
        return words.replace(str(REFUSALS["sign_in"]), str(REFUSALS["password"]))


class LinkAndPasswordForm(OwnPasswordForm):
    """The password again, beside a link."""

    token = forms.CharField(max_length=100, widget=forms.HiddenInput)


class NewPasswordForm(RefusableForm):
    """A new password, by a link."""

    token = forms.CharField(max_length=100, widget=forms.HiddenInput)
    new = Password(label=_("新しいパスワード"))


class ChangePasswordForm(OwnPasswordForm):
    """The password in use, and a new one."""

    password = Password(label=_("いまのパスワード"))
    new = Password(label=_("新しいパスワード"))


class ProfileForm(RefusableForm):
    """By what name someone goes, and how it is read."""

    name = forms.CharField(label=_("お名前（姓と名のあいだに空白）"), max_length=LONGEST_NAME)
    kana = forms.CharField(label=_("ふりがな"), max_length=LONGEST_NAME)

    def clean_name(self) -> str:
        """Return the name as it is kept."""
        return _line(self.cleaned_data["name"])

    def clean_kana(self) -> str:
        """Return the reading as it is kept: in hiragana."""
        return hiragana(_line(self.cleaned_data["kana"]))


class PersonForm(ProfileForm):
    """Who someone is, and their password: the personal part of every 本登録.

    Pages of other contexts show it beside a form of their own (`accounts/_person.html`).
    """

    token = forms.CharField(max_length=100, widget=forms.HiddenInput)
    password = Password(label=_("パスワード"))

    def draft(self) -> PersonDraft:
        """Return who this is, as a command takes it."""
        said = self.cleaned_data
        return PersonDraft(name=said["name"], kana=said["kana"], password=said["password"])


class LinkForm(RefusableForm):
    """A link, taken by a button: opening its page alone uses nothing up."""

    token = forms.CharField(max_length=100, widget=forms.HiddenInput)


class NewAddressForm(RefusableForm):
    """The address that someone wants."""

    email = MailboxField(label=_("新しいメールアドレス"), max_length=LONGEST_ADDRESS)


class AskResetForm(RefusableForm):
    """The address to which a link goes."""

    email = forms.EmailField(label=_("メールアドレス"), max_length=LONGEST_ADDRESS)


def _line(raw: str) -> str:
    try:
        line = clean_line(raw, longest=LONGEST_NAME)
    except UnfitText as error:
        raise forms.ValidationError(str(REFUSALS[Weakness.UNFIT.value])) from error
    if not line:
        raise forms.ValidationError(_("入力してください。"))
    return line
