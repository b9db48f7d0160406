"""The closed words of accounts.

Controls: ISO/IEC 27017 5.17; white paper 「認証情報の管理」.
"""

from enum import StrEnum

from django.db import models


class SessionKind(models.TextChoices):
    """Who holds the token: a browser in a cookie, or a program in a header."""

    BROWSER = "browser", "ブラウザー"
    PROGRAM = "program", "プログラム"


class Device(models.TextChoices):
    """What someone signed in from, as far as it says so itself."""

    PHONE = "phone", "スマートフォン"
    TABLET = "tablet", "タブレット"
    COMPUTER = "computer", "パソコン"
    PROGRAM = "program", "プログラム"
    UNKNOWN = "unknown", "そのほかの端末"


class EndReason(models.TextChoices):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out", "サインアウト"
    CUT_OFF = "cut_off", "ほかの端末から切断"
    PASSWORD_CHANGED = "password_changed", "パスワードの変更"
    PERSON_ENDED = "person_ended", "アカウントの終了"
    REPLACED = "replaced", "新しいサインイン"
    PLACE_ENDED = "place_ended", "職場スタッフの解除"
    RULES_CHANGED = "rules_changed", "安全の決まりの変更"
    FACTORS_RESET = "factors_reset", "2段階の確認のやりなおし"
    ADDRESS_CHANGED = "address_changed", "メールアドレスの変更"
    FACILITY_FROZEN = "facility_frozen", "施設の凍結"


class Proof(models.TextChoices):
    """By what a person showed who they are."""

    PASSWORD = "password", "パスワード"
    TOTP = "totp", "認証アプリ"
    PASSKEY = "passkey", "パスキー"
    RECOVERY_CODE = "recovery_code", "回復コード"


class RefusalReason(models.TextChoices):
    """Why a sign-in was refused; the person reads one text for all but the brake."""

    PASSWORD = "password", "メールアドレスかパスワードの違い"
    CODE = "code", "確認コードの違い"
    PASSKEY = "passkey", "パスキーの違い"
    BRAKED = "braked", "回数の超過"


class Network(models.TextChoices):
    """From what kind of network someone signed in: the place, as far as an address tells it."""

    INTERNET = "internet", "インターネット"
    LOCAL = "local", "施設などの中の回線"
    UNKNOWN = "unknown", "わからない回線"


class Method(models.TextChoices):
    """By what people can sign in, now or in the past."""

    PASSWORD = "password", "パスワード"
    TOTP = "totp", "認証アプリ"
    PASSKEY = "webauthn", "パスキー"
    RECOVERY_CODE = "recovery_codes", "回復コード"
    CLIENT_CERTIFICATE = "client_certificate", "クライアント証明書"


class Offer(models.TextChoices):
    """Whether a way of signing in can be taken up anew."""

    OFFERED = "offered", "どなたも使えます"
    EXISTING = "existing", "使っている方だけ使えます"
    ENDED = "ended", "終わりました"


class RegistrationPurpose(models.TextChoices):
    """What a person is to take up with a registration; its address is good for nothing else."""

    FOUND_FACILITY = "found_facility", "施設の登録"
    JOIN_FACILITY = "join_facility", "職場スタッフへの招待"
    JOIN_GROUP = "join_group", "グループへの招待"


class Standing(StrEnum):
    """How far a session has come: what its holder may open."""

    FULL = "full"
    CODE_DUE = "code_due"
    ENROLMENT_DUE = "enrolment_due"
    IDLE = "idle"


class Purpose(StrEnum):
    """What a brake counts."""

    ACCOUNT = "account"
    NETWORK = "network"
    ACCOUNT_AT_NETWORK = "account_at_network"
    EVERYWHERE = "everywhere"
    CODE = "code"
    PASSKEY = "passkey"
    CONFIRMATION = "confirmation"
    RESET_ACCOUNT = "reset_account"
    RESET_NETWORK = "reset_network"
    REGISTRATION_ADDRESS = "registration_address"
    REGISTRATION_NETWORK = "registration_network"
    ADDRESS_CHANGE = "address_change"
    INVITATION = "invitation"
    CHALLENGE = "challenge"
    EMERGENCY = "emergency"
    CONNECTION = "connection"


class Weakness(models.TextChoices):
    """Why a new password is not taken."""

    SHORT = "too_short", "短すぎます。"
    LONG = "too_long", "長すぎます。"
    COMMON = "common", "よく使われていて、すぐに当てられます。"
    OWN = "own_words", "お名前、メールアドレス、施設やサービスの名前が入っています。"
    UNFIT = "unfit_characters", "使えない文字が入っています。"


class Letter(models.TextChoices):
    """What a mail tells a person of their account; the label is its subject."""

    PASSWORD_CHANGED = "password_changed", "パスワードが変わりました"
    ADDRESS_ASKED = "address_asked", "メールアドレスの変更の手続き"
    ADDRESS_CHANGED = "address_changed", "メールアドレスが変わりました"
    FACTOR_ADDED = "factor_added", "2段階の確認を設定しました"
    FACTOR_REMOVED = "factor_removed", "2段階の確認を外しました"
    CODES_MADE = "codes_made", "回復コードを作りました"
    CODE_USED = "code_used", "回復コードが使われました"
    DEVICE_REMEMBERED = "device_remembered", "2段階の確認を省く端末が増えました"
    NEW_DEVICE = "new_device", "サインインの確認"
    FACTORS_RESET = "factors_reset", "2段階の確認をやりなおしました"
    RULES_CHANGED = "rules_changed", "安全の決まりが変わりました"
    ROLES_CHANGED = "roles_changed", "権限の組が変わりました"
    INVITATION_WAITS = "invitation_waits", "承認をお待ちしている招待があります"
    FACILITY_APPROVED = "facility_approved", "施設の登録が承認されました"
    FACILITY_REFUSED = "facility_refused", "施設の登録は承認されませんでした"
    FACILITY_FROZEN = "facility_frozen", "施設の利用が止まりました"
    FACILITY_UNFROZEN = "facility_unfrozen", "施設をまた使えるようになりました"
    EMERGENCY_BEGAN = "emergency_began", "緊急の閲覧がありました"
    EMERGENCY_TO_REVIEW = "emergency_to_review", "緊急の閲覧を確かめてください"
    CONNECTION_OFFERED = "connection_offered", "つながりの申し込みが届いています"
    EXPORT_ASKED = "export_asked", "データの書き出しが始まりました"
    EXPORT_MADE = "export_made", "書き出したデータを受け取れます"
    EXPORT_DUE = "export_due", "データの控えを書き出す時期です"
    EXPORT_FAILED = "export_failed", "データを書き出せませんでした"
    CUSTODY_PROPOSED = "custody_proposed", "管理施設の変更が提案されました"
    CUSTODY_CHANGED = "custody_changed", "患者グループの管理施設が変わりました"
    CUSTODY_UNCHANGED = "custody_unchanged", "管理施設の変更は行われませんでした"
    STORAGE_SHORT = "storage_short", "写真や書類の置き場所が残り少なくなりました"


class LinkLetter(models.TextChoices):
    """What a mail with a link that works once is about; the label is its subject."""

    PASSWORD = "password", "パスワードの再設定"
    FACTORS = "factors", "2段階の確認のやりなおし"
    ADDRESS = "address", "メールアドレスの確認"
    FOUND_FACILITY = "found_facility", "本登録のご案内"
    JOIN_FACILITY = "join_facility", "招待のご案内"
    JOIN_GROUP = "join_group", "グループへの招待のご案内"


class Job(StrEnum):
    """What is done by the worker, tried again until the outside takes it."""

    MAIL_RESET_LINK = "accounts.mail_reset_link"
    MAIL_LETTER = "accounts.mail_letter"
    MAIL_REGISTRATION = "accounts.mail_registration"
    MAIL_FACTOR_RESET = "accounts.mail_factor_reset"
    MAIL_ADDRESS_LINK = "accounts.mail_address_link"
    MAIL_FORMER_ADDRESS = "accounts.mail_former_address"
    FORGET_BRAKES = "accounts.forget_brakes"
