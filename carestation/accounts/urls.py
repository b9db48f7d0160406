"""Paths of the entry and of one's own account."""

from django.urls import path

from carestation.accounts.views import (
    account,
    entry,
    factor_resets,
    factors,
    passkeys,
    profile,
    reopening,
    resets,
)

app_name = "accounts"
urlpatterns = [
    path("sign-in/", entry.signing_in, name="sign_in"),
    path("sign-in/passkey/", passkeys.signing_in, name="passkey_sign_in"),
    path("sign-in/code/", entry.second_step, name="second_step"),
    path("sign-in/code/passkey/", passkeys.showing, name="passkey_showing"),
    path("sign-in/again/", reopening.reopening, name="reopening"),
    path("sign-out/", entry.signing_out, name="sign_out"),
    path("lock/", reopening.lock, name="lock"),
    path("keep/", reopening.keep, name="keep"),
    path("password/forgotten/", resets.asking, name="reset_ask"),
    path("password/forgotten/asked/", resets.asked, name="reset_asked"),
    path("password/new/", resets.setting, name="reset"),
    path("password/new/done/", resets.done, name="reset_done"),
    path("factors/lost/", factor_resets.finishing, name="factor_reset"),
    path("factors/lost/done/", factor_resets.done, name="factor_reset_done"),
    path("account/", account.account, name="account"),
    path("account/profile/", profile.profile, name="profile"),
    path("account/address/", profile.address, name="address"),
    path("account/address/confirm/", profile.address_confirm, name="address_confirm"),
    path("account/history/", profile.history, name="history"),
    path("account/keys/", account.keys, name="keys"),
    path("account/password/", account.password, name="password"),
    path("account/devices/others/end/", account.cut_off_all, name="cut_off_others"),
    path("account/devices/<uuid:session_id>/forget/", account.forget, name="forget_device"),
    path("account/devices/<uuid:session_id>/end/", account.cut_off, name="cut_off"),
    path("account/app/", factors.enrolment, name="enrolment"),
    path("account/codes/", factors.codes, name="codes"),
    path("account/codes/renew/", factors.renew_codes, name="renew_codes"),
    path("account/passkeys/new/", passkeys.making, name="passkey_making"),
    path("account/factors/<int:factor_id>/", factors.removing, name="removing"),
    path("account/factors/<int:factor_id>/remove/", factors.remove, name="remove"),
]
