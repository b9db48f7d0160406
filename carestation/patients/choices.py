"""The closed words of patients."""

from django.db.models import TextChoices


class Sex(TextChoices):
    """FHIR's administrative gender."""

    FEMALE = "female", "女性"
    MALE = "male", "男性"
    OTHER = "other", "その他"
    UNKNOWN = "unknown", "不明"


class CareLevel(TextChoices):
    """The level of care that a municipality has certified."""

    NONE = "", "なし"
    INDEPENDENT = "independent", "自立"
    PROGRAM_TARGET = "program_target", "事業対象者"
    SUPPORT_1 = "support_1", "要支援1"
    SUPPORT_2 = "support_2", "要支援2"
    CARE_1 = "care_1", "要介護1"
    CARE_2 = "care_2", "要介護2"
    CARE_3 = "care_3", "要介護3"
    CARE_4 = "care_4", "要介護4"
    CARE_5 = "care_5", "要介護5"


class ConsentScope(TextChoices):
    """With whom the patient agreed to share."""

    TEAM = "team", "医療・介護の関係者と共有する"
    TEAM_AND_FAMILY = "team_and_family", "医療・介護の関係者と、ご家族とも共有する"


class CustodyEnd(TextChoices):
    """What became of a proposal that another facility should manage a patient's group."""

    ACCEPTED = "accepted", "引き受けました"
    DECLINED = "declined", "引き受けませんでした"
    WITHDRAWN = "withdrawn", "提案が取り消されました"
    EXPIRED = "expired", "期限が過ぎました"


class ConsentForm(TextChoices):
    """In what form consent was given."""

    WRITTEN = "written", "書面（同意書）"
    ELECTRONIC = "electronic", "電子署名・電子文書"
    ORAL = "oral", "口頭（説明した内容を記録）"
