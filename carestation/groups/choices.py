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
    FAMILY = "family", "ご家族"


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
