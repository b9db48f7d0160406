"""The closed words of facilities: kinds, professions, roles."""

from django.db.models import TextChoices


class Profession(TextChoices):
    """What someone does for a living, in the trade's words."""

    PHYSICIAN = "physician", "医師"
    DENTIST = "dentist", "歯科医師"
    DENTAL_HYGIENIST = "dental_hygienist", "歯科衛生士"
    PHARMACIST = "pharmacist", "薬剤師"
    NURSE = "nurse", "看護師"
    ASSISTANT_NURSE = "assistant_nurse", "准看護師"
    VISITING_NURSE = "visiting_nurse", "訪問看護師"
    PUBLIC_HEALTH_NURSE = "public_health_nurse", "保健師"
    MIDWIFE = "midwife", "助産師"
    PHYSICAL_THERAPIST = "physical_therapist", "理学療法士"
    OCCUPATIONAL_THERAPIST = "occupational_therapist", "作業療法士"
    SPEECH_THERAPIST = "speech_therapist", "言語聴覚士"
    REGISTERED_DIETITIAN = "registered_dietitian", "管理栄養士"
    DIETITIAN = "dietitian", "栄養士"
    CARE_MANAGER = "care_manager", "介護支援専門員（ケアマネジャー）"
    SENIOR_CARE_MANAGER = "senior_care_manager", "主任介護支援専門員"
    CERTIFIED_CARE_WORKER = "certified_care_worker", "介護福祉士"
    HOME_HELPER = "home_helper", "訪問介護員（ヘルパー）"
    HOME_HELP_COORDINATOR = "home_help_coordinator", "サービス提供責任者"
    LIFE_COUNSELOR = "life_counselor", "生活相談員"
    SOCIAL_WORKER = "social_worker", "社会福祉士"
    PSYCHIATRIC_SOCIAL_WORKER = "psychiatric_social_worker", "精神保健福祉士"
    MEDICAL_SOCIAL_WORKER = "medical_social_worker", "医療ソーシャルワーカー"
    DISABILITY_CONSULTANT = "disability_consultant", "相談支援専門員"
    EQUIPMENT_ADVISOR = "equipment_advisor", "福祉用具専門相談員"
    LAB_TECHNOLOGIST = "lab_technologist", "臨床検査技師"
    RADIOGRAPHER = "radiographer", "診療放射線技師"
    CLINICAL_ENGINEER = "clinical_engineer", "臨床工学技士"
    JUDO_THERAPIST = "judo_therapist", "柔道整復師"
    ACUPUNCTURIST = "acupuncturist", "鍼灸師"
    MASSAGE_THERAPIST = "massage_therapist", "あん摩マッサージ指圧師"
    WELFARE_COMMISSIONER = "welfare_commissioner", "民生委員"
    MUNICIPAL_OFFICER = "municipal_officer", "行政職員"
    SUPPORT_CENTER_STAFF = "support_center_staff", "地域包括支援センター職員"
    CLERK = "clerk", "事務"
    LIAISON_OFFICE = "liaison_office", "連携室"


class FacilityKind(TextChoices):
    """What a facility is."""

    HOSPITAL = "hospital", "病院"
    CLINIC = "clinic", "医科診療所"
    DENTAL_CLINIC = "dental_clinic", "歯科診療所"
    MATERNITY_HOME = "maternity_home", "助産所"
    PHARMACY = "pharmacy", "保険薬局"
    CARE_PLAN_OFFICE = "care_plan_office", "居宅介護支援事業所"
    HOME_HELP = "home_help", "訪問介護"
    HOME_BATHING = "home_bathing", "訪問入浴"
    VISITING_NURSING_STATION = "visiting_nursing_station", "訪問看護ステーション"
    HOME_REHAB = "home_rehab", "訪問リハビリ"
    NIGHT_HOME_HELP = "night_home_help", "夜間対応型訪問介護"
    REGULAR_ONCALL_HOME_CARE = "regular_oncall_home_care", "定期巡回・随時対応型"
    DAY_SERVICE = "day_service", "通所介護"
    DAY_REHAB = "day_rehab", "通所リハビリ"
    COMMUNITY_DAY_SERVICE = "community_day_service", "地域密着型通所介護"
    NURSING_DAY_CARE = "nursing_day_care", "療養通所介護"
    DEMENTIA_DAY_SERVICE = "dementia_day_service", "認知症対応型通所介護"
    SMALL_MULTIFUNCTION = "small_multifunction", "小規模多機能型"
    NURSING_SMALL_MULTIFUNCTION = "nursing_small_multifunction", "看護小規模多機能型"
    SHORT_STAY = "short_stay", "短期入所生活介護"
    MEDICAL_SHORT_STAY = "medical_short_stay", "短期入所療養介護"
    SPECIAL_NURSING_HOME = "special_nursing_home", "特養"
    GERIATRIC_HEALTH_FACILITY = "geriatric_health_facility", "老健"
    INTEGRATED_MEDICAL_CARE_FACILITY = "integrated_medical_care_facility", "介護医療院"
    PAID_HOME = "paid_home", "有料老人ホーム"
    LOW_COST_HOME = "low_cost_home", "軽費老人ホーム・ケアハウス"
    NURSING_HOME_PUBLIC = "nursing_home_public", "養護老人ホーム"
    GROUP_HOME = "group_home", "グループホーム"
    EQUIPMENT_RENTAL = "equipment_rental", "福祉用具貸与"
    SERVICED_HOUSING = "serviced_housing", "サ高住"
    DISABILITY_SERVICE = "disability_service", "障害福祉サービス"
    SUPPORT_CENTER = "support_center", "地域包括支援センター"
    MUNICIPALITY = "municipality", "行政"
    MEDICAL_ASSOCIATION = "medical_association", "医師会"
    WELFARE_COUNCIL = "welfare_council", "社会福祉協議会"


class StaffRole(TextChoices):
    """What a person may do in a facility."""

    MANAGER = "manager", "施設の管理者"
    MEMBER = "member", "一般ユーザー"


class Right(TextChoices):
    """What someone may do through their role in a facility; what is not here, nobody may.

    In the order of the table that shows them.
    """

    SEE_STAFF = "see_staff", "スタッフの一覧を見る"
    INVITE_STAFF = "invite_staff", "スタッフを招待する・招待を取り消す"
    CHANGE_STAFF = "change_staff", "スタッフの職種と権限を変える"
    END_STAFF = "end_staff", "スタッフの利用を停止・再開・解除する"
    RESET_FACTORS = "reset_factors", "2段階の確認のやりなおしを案内する"
    SIGN_REVIEW = "sign_review", "名簿を確認して署名する"
    CHANGE_RULES = "change_rules", "安全の決まりを変える"
    CHANGE_ROLES = "change_roles", "権限の組を変える"
    APPROVE_INVITATIONS = "approve_invitations", "スタッフが出したグループへの招待を承認する"
    REVIEW_EMERGENCIES = "review_emergencies", "緊急の閲覧を確かめる"
    NAME_MANAGERS = "name_managers", "管理者のいないグループの管理者を決める"
    READ_RECORD = "read_record", "操作の記録を見る"
    TRANSFER_CUSTODY = "transfer_custody", "患者グループの管理施設の変更を提案する・引き受ける"
    EXPORT = "export", "施設のデータをすべて書き出す"
    EXPORT_OWN = "export_own", "自分が参加しているグループを書き出す"
    OPEN_GROUPS = "open_groups", "患者グループ・自由グループを作る、個別メッセージをはじめる"
    SEEK_IN_EMERGENCY = "seek_in_emergency", "緊急のとき、参加していない患者さんを1時間見る"
    INVITE_TO_GROUPS = "invite_to_groups", "自分が管理するグループに、医療・介護の人を加える"
    INVITE_FAMILY = "invite_family", "自分が管理するグループに、ご家族を加える"


class Todo(TextChoices):
    """What waits for who sits at a desk; each leads to where it is done."""

    FACTORS = "factors", "2段階の確認がまだの人がいます"
    INVITATIONS = "invitations", "まもなく切れる招待、または切れた招待があります"
    REFUSALS = "refusals", "サインインのまちがいが続いている人がいます"
    APPROVALS = "approvals", "承認を待っている招待があります"
    EMERGENCIES = "emergencies", "確かめていない緊急の閲覧があります"
    CUSTODY = "custody", "管理施設の変更の提案が届いています"
    EXPORT = "export", "データの控えを書き出す時期です"
    STORAGE = "storage", "ファイルの置き場所が残り少なくなっています"
    READING = "reading", "施設の名前のふりがながまだありません"
    REVIEW = "review", "名簿の確認の時期です"
    SECOND_MANAGER = "second_manager", "管理者がひとりだけです"


class EndCause(TextChoices):
    """Why a person's place in a facility ended; said by who ended it."""

    RETIRED = "retired", "退職"
    MOVED = "moved", "異動・出向"
    CONTRACT = "contract", "契約の終了"
    MISTAKE = "mistake", "登録のまちがい"
    SAFETY = "safety", "安全のため"


class PlaceState(TextChoices):
    """How a place in a facility stands."""

    ACTIVE = "active", "利用中"
    PAUSED = "paused", "停止中"
    ENDED = "ended", "解除"


class InvitationState(TextChoices):
    """How an invitation to the staff stands."""

    INVITED = "invited", "招待中"
    EXPIRED = "expired", "期限切れ"
    JOINED = "joined", "参加済み"
    CANCELLED = "cancelled", "取り消し"


class InvitationProblem(TextChoices):
    """Why an address cannot be invited."""

    WORKS_HERE = "works_here", "もうこの施設のスタッフです。"
    INVITED = "invited_already", "もう招待しています。招待の一覧から、もう一度送れます。"
    TWICE = "twice", "この一覧の中で、2回出てきます。"


class TermsVersion(TextChoices):
    """Which terms of use there have been; a change of their words is a new one."""

    FIRST = "2026-11-28", "2026年11月28日"


class Allowed(TextChoices):
    """Who in a facility may do something."""

    MANAGERS = "managers", "施設の管理者だけ"
    EVERYONE = "everyone", "スタッフ全員"


class Letters(TextChoices):
    """How often a facility's managers are mailed what is signed of its record; never is none."""

    WEEKLY = "weekly", "毎週（月曜日の朝）"
    DAILY = "daily", "毎日（朝）"


class FacilityState(TextChoices):
    """How a facility stands with the operator."""

    WAITING = "waiting", "承認待ち"
    APPROVED = "approved", "利用中"
    REFUSED = "refused", "承認しない"
    FROZEN = "frozen", "凍結中"


class Ruling(TextChoices):
    """What the operator decides about a facility."""

    APPROVE = "approve", "承認する"
    REFUSE = "refuse", "承認しない"
    FREEZE = "freeze", "凍結する"
    UNFREEZE = "unfreeze", "凍結を解く"
