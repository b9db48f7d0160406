"""The closed words of the record of acts."""

from enum import StrEnum
from typing import Final

from django.db import models


class Wrong(models.TextChoices):
    """What is not as it was sealed or signed."""

    CHANGED = "changed", "書きかえられています"
    MISSING = "missing", "消されています"
    ADDED = "added", "書き足されています"
    MOVED = "moved", "順番がかわっています"
    SEAL = "seal", "封のつながりが合いません"
    CHECKPOINT = "checkpoint", "署名された要約が合いません"
    ROLLED_BACK = "rolled_back", "前の状態にもどされています"
    UNSEALED = "unsealed", "封をされていない記録があります"


class Bent(StrEnum):
    """What is wrong with a checkpoint."""

    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    ELSEWHERE = "elsewhere"
    UNLINKED = "unlinked"
    LOST = "lost"
    PARTLESS = "partless"


class Job(StrEnum):
    """What the worker does for the seal, retried against the outside."""

    MAIL_CHECKPOINT = "audit.mail_checkpoint"


class Deed(models.TextChoices):
    """What kind of act: what the record is sifted by."""

    LOOKED = "looked", "見た"
    WROTE = "wrote", "書いた・直した"
    ENTERED = "entered", "サインイン・アカウント"
    RULED = "ruled", "権限・メンバーを変えた"
    TOOK_AWAY = "took_away", "書き出した"


class Extracted(StrEnum):
    """In which form operators take their record away; the value ends the file's name."""

    TABLE = "csv"
    LINES = "jsonl"


class Interaction(StrEnum):
    """What call of programs an act would be (FHIR's RESTful interactions)."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Act(models.TextChoices):
    """Every kind of fact, as people read it; a test demands that none is missing."""

    ACCOUNTS_ADDRESS_CHANGE_ASKED = (
        "accounts.AddressChangeAsked",
        "アドレスの変更を申しこんだ",
    )
    ACCOUNTS_ADDRESS_CHANGED = "accounts.AddressChanged", "メールアドレスを変えた"
    ACCOUNTS_DEVICE_RECOGNISED = "accounts.DeviceRecognised", "覚えた端末でサインインした"
    ACCOUNTS_DEVICE_REMEMBERED = "accounts.DeviceRemembered", "端末を覚えさせた"
    ACCOUNTS_DEVICES_FORGOTTEN = "accounts.DevicesForgotten", "覚えた端末を忘れさせた"
    ACCOUNTS_FACTOR_RESET_SENT = (
        "accounts.FactorResetSent",
        "2段階のやりなおしをメールした",
    )
    ACCOUNTS_FACTOR_RESET_STARTED = (
        "accounts.FactorResetStarted",
        "2段階のやりなおしを案内した",
    )
    ACCOUNTS_FACTORS_RESET = "accounts.FactorsReset", "2段階の確認をやりなおした"
    ACCOUNTS_OPERATOR_BEGAN = "accounts.OperatorBegan", "運営の担当者を加えた"
    ACCOUNTS_OPERATOR_ENDED = "accounts.OperatorEnded", "運営の担当者を終えた"
    ACCOUNTS_PASSWORD_ACCEPTED = "accounts.PasswordAccepted", "パスワードが合った"
    ACCOUNTS_PASSWORD_CHANGED = "accounts.PasswordChanged", "パスワードを変えた"
    ACCOUNTS_PASSWORD_RESET_ASKED = "accounts.PasswordResetAsked", "再設定を申しこんだ"
    ACCOUNTS_PASSWORD_RESET_SENT = (
        "accounts.PasswordResetSent",
        "再設定のメールを送った",
    )
    ACCOUNTS_PERSON_BOUND = "accounts.PersonBound", "施設の決まりがアカウントに反映された"
    ACCOUNTS_PERSON_ENDED = "accounts.PersonEnded", "アカウントを終えた"
    ACCOUNTS_PERSON_REGISTERED = "accounts.PersonRegistered", "アカウントを作った"
    ACCOUNTS_PROFILE_CHANGED = "accounts.ProfileChanged", "お名前を変えた"
    ACCOUNTS_RECOVERY_CODE_USED = "accounts.RecoveryCodeUsed", "回復コードを使った"
    ACCOUNTS_RECOVERY_CODES_MADE = "accounts.RecoveryCodesMade", "回復コードを作った"
    ACCOUNTS_REGISTRATION_BEGAN = "accounts.RegistrationBegan", "登録をはじめた"
    ACCOUNTS_REGISTRATION_COMPLETED = "accounts.RegistrationCompleted", "登録を終えた"
    ACCOUNTS_REGISTRATION_ENDED = "accounts.RegistrationEnded", "登録を取り消した"
    ACCOUNTS_REGISTRATION_SENT = "accounts.RegistrationSent", "登録のメールを送った"
    ACCOUNTS_SECOND_FACTOR_ENROLLED = "accounts.SecondFactorEnrolled", "2段階の確認を用意した"
    ACCOUNTS_SECOND_FACTOR_REMOVED = "accounts.SecondFactorRemoved", "2段階の確認を外した"
    ACCOUNTS_SESSION_ENDED = "accounts.SessionEnded", "サインインを切った"
    ACCOUNTS_SESSION_REOPENED = "accounts.SessionReopened", "画面をもう一度開いた"
    ACCOUNTS_SIGN_IN_REFUSED = "accounts.SignInRefused", "サインインできなかった"
    ACCOUNTS_SIGNED_IN = "accounts.SignedIn", "サインインした"
    ACCOUNTS_SIGNED_OUT = "accounts.SignedOut", "サインアウトした"
    AUDIT_ACTS_EXTRACTED = "audit.ActsExtracted", "運営の操作記録を書き出した"
    AUDIT_ACTS_VIEWED = "audit.ActsViewed", "運営の操作記録を見た"
    AUDIT_FACTS_REMOVED = "audit.FactsRemoved", "保存の期限が過ぎた記録を消した"
    AUDIT_READERS_VIEWED = "audit.ReadersViewed", "患者さんの情報を見た人の一覧を見た"
    AUDIT_RECORD_VIEWED = "audit.RecordViewed", "操作の記録を見た"
    EXPORTS_EXPORT_ASKED = "exports.ExportAsked", "書き出しをたのんだ"
    EXPORTS_EXPORT_DUE = "exports.ExportDue", "書き出しの時期が来た"
    EXPORTS_EXPORT_FAILED = "exports.ExportFailed", "書き出しができなかった"
    EXPORTS_EXPORT_FETCHED = "exports.ExportFetched", "書き出しを受け取った"
    EXPORTS_EXPORT_MADE = "exports.ExportMade", "書き出しができた"
    EXPORTS_EXPORT_PLAN_ENDED = "exports.ExportPlanEnded", "自動の書き出しが終わった"
    EXPORTS_EXPORT_PLANNED = "exports.ExportPlanned", "書き出しの間隔を決めた"
    EXPORTS_EXPORT_REMOVED = "exports.ExportRemoved", "書き出しが消えた"
    EXPORTS_EXPORT_TAKEN_IN = "exports.ExportTakenIn", "書き出しを取りこんだ"
    EXPORTS_EXPORTS_LISTED = "exports.ExportsListed", "書き出しの一覧を見た"
    EXPORTS_GROUP_EXPORTED = "exports.GroupExported", "グループを書き出した"
    FACILITIES_FACILITY_APPLIED = "facilities.FacilityApplied", "施設の登録を申しこんだ"
    FACILITIES_FACILITY_APPROVED = "facilities.FacilityApproved", "施設を承認した"
    FACILITIES_FACILITY_FROZEN = "facilities.FacilityFrozen", "施設を凍結した"
    FACILITIES_FACILITY_OPENED = "facilities.FacilityOpened", "施設を登録した"
    FACILITIES_FACILITY_PHONE_CHANGED = "facilities.FacilityPhoneChanged", "施設の電話番号を変えた"
    FACILITIES_FACILITY_READING_CHANGED = (
        "facilities.FacilityReadingChanged",
        "施設の名前のふりがなを変えた",
    )
    FACILITIES_FACILITY_REFUSED = "facilities.FacilityRefused", "施設を承認しなかった"
    FACILITIES_FACILITY_UNFROZEN = "facilities.FacilityUnfrozen", "施設の凍結を解いた"
    FACILITIES_STORAGE_LIMIT_CHANGED = (
        "facilities.StorageLimitChanged",
        "施設のファイルの上限を変えた",
    )
    FACILITIES_STORAGE_RAN_SHORT = (
        "facilities.StorageRanShort",
        "施設のファイルの置き場所が残り少なくなった",
    )
    FACILITIES_POLICY_CHANGED = "facilities.PolicyChanged", "安全の決まりを変えた"
    FACILITIES_RIGHT_GIVEN = "facilities.RightGiven", "権限の組に権限を足した"
    FACILITIES_RIGHT_TAKEN = "facilities.RightTaken", "権限の組から権限を外した"
    FACILITIES_ROLE_CHANGED = "facilities.RoleChanged", "権限の組を作った・変えた"
    FACILITIES_ROLE_ENDED = "facilities.RoleEnded", "権限の組を終えた"
    FACILITIES_STAFF_BEGAN = "facilities.StaffBegan", "スタッフに加えた"
    FACILITIES_STAFF_CHANGED = "facilities.StaffChanged", "スタッフの職種・権限を変えた"
    FACILITIES_STAFF_ENDED = "facilities.StaffEnded", "スタッフを解除した"
    FACILITIES_STAFF_INVITATION_ACCEPTED = (
        "facilities.StaffInvitationAccepted",
        "スタッフの招待を受けた",
    )
    FACILITIES_STAFF_INVITATION_CANCELLED = (
        "facilities.StaffInvitationCancelled",
        "スタッフの招待を取り消した",
    )
    FACILITIES_STAFF_INVITATION_RESENT = (
        "facilities.StaffInvitationResent",
        "スタッフの招待をもう一度送った",
    )
    FACILITIES_STAFF_INVITED = "facilities.StaffInvited", "スタッフを招待した"
    FACILITIES_STAFF_PAUSED = "facilities.StaffPaused", "スタッフの利用を停止した"
    FACILITIES_STAFF_RESUMED = "facilities.StaffResumed", "スタッフの利用を再開した"
    FACILITIES_STAFF_REVIEWED = "facilities.StaffReviewed", "名簿を確認して署名した"
    FACILITIES_TERMS_ACCEPTED = "facilities.TermsAccepted", "利用規約に同意した"
    GROUPS_CONNECTION_BEGAN = "groups.ConnectionBegan", "つながった"
    GROUPS_CONNECTION_ENDED = "groups.ConnectionEnded", "つながりを終えた"
    GROUPS_CONNECTION_OFFER_ENDED = "groups.ConnectionOfferEnded", "つながりの申しこみが終わった"
    GROUPS_CONNECTION_OFFERED = "groups.ConnectionOffered", "つながりを申しこんだ"
    GROUPS_GROUP_ARCHIVED = "groups.GroupArchived", "グループを終了した"
    GROUPS_GROUP_OPENED = "groups.GroupOpened", "グループを作った"
    GROUPS_GROUP_REOPENED = "groups.GroupReopened", "グループを再開した"
    GROUPS_INVITATION_ACCEPTED = "groups.InvitationAccepted", "グループへの招待を受けた"
    GROUPS_INVITATION_AGREED = "groups.InvitationAgreed", "患者さん本人が招待を承認した"
    GROUPS_INVITATION_APPROVED = "groups.InvitationApproved", "グループへの招待を承認した"
    GROUPS_INVITATION_ENDED = "groups.InvitationEnded", "グループへの招待を終えた"
    GROUPS_INVITATION_RESENT = "groups.InvitationResent", "グループへの招待をもう一度送った"
    GROUPS_MEMBER_INVITED = "groups.MemberInvited", "グループに招待した"
    GROUPS_MEMBERS_VIEWED = "groups.MembersViewed", "メンバーを見た"
    GROUPS_MEMBERSHIP_BEGAN = "groups.MembershipBegan", "グループに参加した"
    GROUPS_MEMBERSHIP_ENDED = "groups.MembershipEnded", "グループから外れた"
    GROUPS_ROLE_CHANGED = "groups.RoleChanged", "グループの管理者を変えた"
    PATIENTS_ALIKE_SHOWN = "patients.AlikeShown", "似た患者さんがいることを見た"
    PATIENTS_CONSENT_RECORDED = "patients.ConsentRecorded", "同意を記録した"
    PATIENTS_CONSENT_WITHDRAWN = "patients.ConsentWithdrawn", "同意の取り消しを記録した"
    PATIENTS_CONSENTS_VIEWED = "patients.ConsentsViewed", "同意の記録を見た"
    PATIENTS_CUSTODY_PROPOSED = "patients.CustodyProposed", "管理施設の変更を提案した"
    PATIENTS_CUSTODY_RETAINED = "patients.CustodyRetained", "管理施設の変更を取りやめた"
    PATIENTS_CUSTODY_TRANSFERRED = "patients.CustodyTransferred", "管理施設が変わった"
    PATIENTS_CUSTODY_VIEWED = "patients.CustodyViewed", "管理している患者グループを見た"
    PATIENTS_EMERGENCIES_LISTED = "patients.EmergenciesListed", "緊急の閲覧の一覧を見た"
    PATIENTS_EMERGENCY_BEGAN = "patients.EmergencyBegan", "緊急に閲覧をはじめた"
    PATIENTS_EMERGENCY_REVIEWED = "patients.EmergencyReviewed", "緊急の閲覧を確かめた"
    PATIENTS_EMERGENCY_SOUGHT = "patients.EmergencySought", "緊急に患者さんをさがした"
    PATIENTS_FACE_SHEET_CHANGED = "patients.FaceSheetChanged", "基本情報を変えた"
    PATIENTS_FACE_SHEET_VIEWED = "patients.FaceSheetViewed", "基本情報を見た"
    PATIENTS_LIKENESS_FILLED = "patients.LikenessFilled", "似た患者さんの手がかりを整えた"
    PATIENTS_PATIENT_REGISTERED = "patients.PatientRegistered", "患者さんを登録した"
    PATIENTS_PATIENTS_LISTED = "patients.PatientsListed", "患者さんの一覧を見た"
    SEARCH_HITS_SHOWN = "search.HitsShown", "さがして見つけた"
    SEARCH_SEARCH_MADE = "search.SearchMade", "言葉でさがした"
    SUPPORT_CAPACITY_CHANGED = "support.CapacityChanged", "処理の数を変えた"
    SUPPORT_CLOCK_DOUBTED = "support.ClockDoubted", "時刻を確かめられなくなった"
    SUPPORT_CLOCK_TRUSTED = "support.ClockTrusted", "時刻を確かめられるようになった"
    SUPPORT_COMMAND_TYPED = "support.CommandTyped", "サーバーでコマンドを使った"
    SUPPORT_OPERATORS_REVIEWED = "support.OperatorsReviewed", "運営の担当者の一覧を確認した"
    SUPPORT_OUTAGE_OPENED = "support.OutageOpened", "できごとを知らせた"
    SUPPORT_OUTAGE_CHANGED = "support.OutageChanged", "できごとを直した・書き足した"
    SUPPORT_OUTAGE_ENDED = "support.OutageEnded", "できごとが終わったと知らせた"
    SUPPORT_PROBE_BEGAN = "support.ProbeBegan", "外からの確認を始めた"
    SUPPORT_PROBE_ENDED = "support.ProbeEnded", "外からの確認をやめた"
    TIMELINE_ACKNOWLEDGEMENT_WITHDRAWN = "timeline.AcknowledgementWithdrawn", "了解を取り消した"
    TIMELINE_ALBUM_VIEWED = "timeline.AlbumViewed", "写真の一覧を見た"
    TIMELINE_FILE_DISCARDED = "timeline.FileDiscarded", "送らなかったファイルを捨てた"
    TIMELINE_FILE_UPLOADED = "timeline.FileUploaded", "ファイルを預けた"
    TIMELINE_FILE_VIEWED = "timeline.FileViewed", "ファイルを見た"
    TIMELINE_POST_ACKNOWLEDGED = "timeline.PostAcknowledged", "了解した"
    TIMELINE_POST_EDITED = "timeline.PostEdited", "投稿を直した"
    TIMELINE_POST_PUBLISHED = "timeline.PostPublished", "投稿した"
    TIMELINE_POST_RESTORED = "timeline.PostRestored", "取り消した投稿を元に戻した"
    TIMELINE_POST_VIEWED = "timeline.PostViewed", "投稿の詳細を見た"
    TIMELINE_POST_WITHDRAWN = "timeline.PostWithdrawn", "投稿を取り消した"
    TIMELINE_READ_MARK_MOVED = "timeline.ReadMarkMoved", "投稿を読んだ"
    TIMELINE_TIMELINE_VIEWED = "timeline.TimelineViewed", "投稿の画面を見た"
    VAULT_GROUP_KEYS_TURNED = "vault.GroupKeysTurned", "グループの鍵が新しくなった"
    VAULT_KEYS_ERASED = "vault.KeysErased", "鍵を消した"
    VAULT_PERSON_KEYS_ERASED = "vault.PersonKeysErased", "個人の鍵を消した"
    VAULT_ROTATION_BEGAN = "vault.RotationBegan", "鍵の交換をはじめた"
    VAULT_ROTATION_ENDED = "vault.RotationEnded", "鍵の交換を終えた"
    VAULT_SHARES_REHEARSED = "vault.SharesRehearsed", "鍵を戻す訓練をした"


LOOKS: Final = frozenset(
    [
        Act.AUDIT_ACTS_EXTRACTED,
        Act.AUDIT_ACTS_VIEWED,
        Act.AUDIT_READERS_VIEWED,
        Act.AUDIT_RECORD_VIEWED,
        Act.EXPORTS_EXPORTS_LISTED,
        Act.GROUPS_MEMBERS_VIEWED,
        Act.PATIENTS_ALIKE_SHOWN,
        Act.PATIENTS_CONSENTS_VIEWED,
        Act.PATIENTS_CUSTODY_VIEWED,
        Act.PATIENTS_EMERGENCIES_LISTED,
        Act.PATIENTS_EMERGENCY_BEGAN,
        Act.PATIENTS_EMERGENCY_SOUGHT,
        Act.PATIENTS_FACE_SHEET_VIEWED,
        Act.PATIENTS_PATIENTS_LISTED,
        Act.SEARCH_HITS_SHOWN,
        Act.SEARCH_SEARCH_MADE,
        Act.TIMELINE_ALBUM_VIEWED,
        Act.TIMELINE_FILE_VIEWED,
        Act.TIMELINE_POST_VIEWED,
        Act.TIMELINE_READ_MARK_MOVED,
        Act.TIMELINE_TIMELINE_VIEWED,
    ]
)
# What those who work for the provider do there; what they do with their accounts comes beside it.
OPERATED: Final = frozenset(
    [
        Act.AUDIT_ACTS_EXTRACTED,
        Act.AUDIT_ACTS_VIEWED,
        Act.FACILITIES_FACILITY_APPROVED,
        Act.FACILITIES_FACILITY_FROZEN,
        Act.FACILITIES_FACILITY_REFUSED,
        Act.FACILITIES_FACILITY_UNFROZEN,
        Act.FACILITIES_STORAGE_LIMIT_CHANGED,
        Act.SUPPORT_CAPACITY_CHANGED,
        Act.SUPPORT_COMMAND_TYPED,
        Act.SUPPORT_OPERATORS_REVIEWED,
        Act.SUPPORT_OUTAGE_CHANGED,
        Act.SUPPORT_OUTAGE_ENDED,
        Act.SUPPORT_OUTAGE_OPENED,
        Act.SUPPORT_PROBE_BEGAN,
        Act.SUPPORT_PROBE_ENDED,
        Act.VAULT_KEYS_ERASED,
        Act.VAULT_PERSON_KEYS_ERASED,
        Act.VAULT_ROTATION_BEGAN,
    ]
)
# Of what is no look: which deed it is, by the context that announces it.
DEEDS: Final = {
    "accounts": Deed.ENTERED,
    "audit": Deed.RULED,
    "exports": Deed.TOOK_AWAY,
    "facilities": Deed.RULED,
    "groups": Deed.RULED,
    "patients": Deed.WROTE,
    "search": Deed.LOOKED,
    "support": Deed.RULED,
    "timeline": Deed.WROTE,
    "vault": Deed.RULED,
}
# After which something is not there any more; what ends, stays as something that ended.
DELETIONS: Final = frozenset(
    [
        Act.AUDIT_FACTS_REMOVED,
        Act.EXPORTS_EXPORT_REMOVED,
        Act.TIMELINE_FILE_DISCARDED,
        Act.VAULT_KEYS_ERASED,
    ]
)
