"""The closed words of groups: kinds, sides, roles, relations."""

from django.db.models import TextChoices


class Side(TextChoices):
    """The two sides of a patient group; the other kinds have one, for all."""

    PROFESSIONAL = "professional", "医療・介護"
    PATIENT = "patient", "ご家族"
    ALL = "all", "全員"


class Role(TextChoices):
    """What a member is in a group."""

    MANAGER = "manager", "グループの管理者"
    PROFESSIONAL = "professional", "医療・介護"
    READER = "reader", "閲覧のみ"
    FAMILY = "family", "ご家族"


class GroupRight(TextChoices):
    """What a role in a group may do there; what is not here, nobody may.

    In the order of the table that shows them.
    """

    READ_PROFESSIONALS = "read_professionals", "医療・介護だけの投稿を読む"
    READ_SHARED = "read_shared", "ご本人・ご家族も読む投稿を読む"
    WRITE = "write", "読める投稿に並べて、投稿・返信・了解をする"
    TAKE_BACK = "take_back", "自分の投稿を直す・取り消す"
    READ_FACE_SHEET = "read_face_sheet", "基本情報を読む"
    CHANGE_FACE_SHEET = "change_face_sheet", "基本情報を直す"
    INVITE = "invite", "人を招待する（管理者の承認がいることがあります）"
    MANAGE = "manage", "招待を承認する、メンバーを外す、グループを終える"


class Relation(TextChoices):
    """What a member of the family side is to the patient."""

    PATIENT = "patient", "本人"
    FAMILY = "family", "家族"
    KEY_PERSON = "key_person", "キーパーソン"
    GUARDIAN = "guardian", "成年後見人"


class Kind(TextChoices):
    """What a group is for."""

    PATIENT = "patient", "患者グループ"
    FREE = "free", "自由グループ"
    DIRECT = "direct", "個別メッセージ"


class InvitationState(TextChoices):
    """What an invitation into a group waits for, or how it went out."""

    AWAITING_MANAGER = "awaiting_manager", "管理者の承認待ち"
    AWAITING_PATIENT = "awaiting_patient", "患者本人の承認待ち"
    AWAITING_REGISTRATION = "awaiting_registration", "ユーザ登録待ち"
    AWAITING_JOIN = "awaiting_join", "本人参加待ち"
    EXPIRED = "expired", "期限切れ"
    JOINED = "joined", "参加済み"
    ENDED = "ended", "取り消し"


class OfferEnd(TextChoices):
    """What became of an offer to be connected."""

    ACCEPTED = "accepted", "つながりました"
    DECLINED = "declined", "お断りしました"
    WITHDRAWN = "withdrawn", "取り消しました"
    EXPIRED = "expired", "期限が過ぎました"


class InvitationEnd(TextChoices):
    """Why an invitation came to nothing."""

    CANCELLED = "cancelled", "招待した人が取り消しました"
    NOT_APPROVED = "not_approved", "管理者が承認しませんでした"
    NOT_AGREED = "not_agreed", "患者本人が承認しませんでした"
    DECLINED = "declined", "本人が参加を見送りました"
    REPLACED = "replaced", "期限が切れ、新しい招待に代わりました"
    INVITER_LEFT = "inviter_left", "招待した人がグループを離れました"
    INVITER_LOWERED = "inviter_lowered", "招待した人が、招待できなくなりました"
    CONSENT_GONE = "consent_gone", "患者の同意が変わりました"
    GROUP_CLOSED = "group_closed", "グループが終了しました"
