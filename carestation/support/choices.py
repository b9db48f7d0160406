"""The pages of the manual and the chapters in which they stand."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Command(TextChoices):
    """What is typed at the machine and changes something, or brings something out."""

    EXPORT = "export", _("書き出しを取り込む")
    FACILITIES = "facilities", _("施設を承認する")
    FILES = "files", _("ファイルの置き場所を移す")
    FIRST_FACILITY = "first-facility", _("最初の施設をつくる")
    KEYS_ERASE = "keys erase", _("鍵を廃棄する")
    KEYS_RECOVER = "keys recover", _("鍵を控えから戻す")
    KEYS_REHEARSE = "keys rehearse", _("鍵の控えを試す")
    KEYS_ROTATE = "keys rotate", _("鍵を替える")
    KEYS_SHARES = "keys shares", _("鍵の控えをつくる")
    OPERATORS = "operators", _("運営の担当者を任命・解任する")
    PROBE = "probe", _("外からの確認を始める・やめる")
    SEARCH = "search", _("検索の索引をつくり直す")


class Chapter(TextChoices):
    """What a reader is after."""

    BEGIN = "begin", _("はじめての方へ")
    DAILY = "daily", _("毎日の使い方")
    OWN = "own", _("自分のアカウント")
    DESK = "desk", _("施設の管理者の方へ")
    OPERATE = "operate", _("運営の担当者の方へ")
    SAFE = "safe", _("安心して使うために")
    TROUBLE = "trouble", _("困ったとき")


class Page(TextChoices):
    """A page of the manual; the value stands in its address, and screens link it."""

    FIRST_STEPS = "first-steps", _("初回の登録手順")
    SIGN_IN = "sign-in", _("サインイン")
    TWO_FACTOR = "two-factor", _("2段階の確認")
    ENROL = "enrol", _("2段階の確認を用意する")
    FAMILY = "family", _("ご家族の方へ")
    HOME = "home", _("ホーム")
    SEARCH = "search", _("投稿をさがす")
    TIMELINE = "timeline", _("投稿を読む")
    WRITE = "write", _("投稿を書く")
    POST = "post", _("既読と了解を確かめる")
    FACE_SHEET = "face-sheet", _("基本情報")
    CONSENT = "consent", _("同意の記録")
    ALBUM = "album", _("写真の一覧")
    PHOTO = "photo", _("写真を1枚ずつ見る")
    MEMBERS = "members", _("メンバー")
    INVITE_MEMBER = "invite-member", _("グループへの招待")
    INVITED = "invited", _("招待を受け取った方へ")
    EMERGENCY = "emergency", _("緊急の閲覧")
    GROUPS = "groups", _("グループの種類")
    CONNECTIONS = "connections", _("つながり")
    NEW_GROUP = "new-group", _("グループを作る")
    ACCOUNT = "account", _("アカウントの安全")
    PROFILE = "profile", _("お名前とメールアドレス")
    SIGN_INS = "sign-ins", _("サインインの記録")
    RESET = "reset", _("パスワードを忘れたとき")
    LOST_PHONE = "lost-phone", _("スマートフォンをなくしたとき")
    REOPEN = "reopen", _("画面が閉じたとき")
    FOUND_FACILITY = "found-facility", _("施設を登録する")
    DESK = "desk", _("スタッフの一覧")
    DESK_TOP = "desk-top", _("管理トップ")
    OWN_FACILITY = "own-facility", _("施設の情報")
    INVITE_STAFF = "invite-staff", _("スタッフの招待")
    APPROVE_INVITATIONS = "approve-invitations", _("グループへの招待の承認")
    LEAVING = "leaving", _("スタッフの停止と解除")
    CUSTODY = "custody", _("管理施設の変更")
    FACILITY_RULES = "facility-rules", _("安全の決まり")
    RIGHTS = "rights", _("権限の表")
    ROLES = "roles", _("権限の組を作る・変える")
    STAFF_REVIEW = "staff-review", _("名簿の確認")
    RECORD = "record", _("操作の記録")
    EXPORTS = "exports", _("データの書き出し")
    STOPPED_FACILITY = "stopped-facility", _("施設が使えなくなったとき")
    CONSOLE = "console", _("運営の画面")
    WATCH = "watch", _("稼働の見守り")
    STATUS = "status", _("稼働状況")
    OUTAGES = "outages", _("できごとを知らせる")
    CAPACITY = "capacity", _("処理の数")
    STORAGE = "storage", _("ファイルの置き場所")
    WHO_READS = "who-reads", _("だれが読めるか")
    SAFETY = "safety", _("情報を守るしくみと、お願い")
    ERRORS = "errors", _("エラーが出たとき")
    OFFLINE = "offline", _("電波がないとき")
    DISPLAY = "display", _("文字の大きさと画面の明るさ")
    KEYBOARD = "keyboard", _("キーボードと読み上げ")


class Measured(TextChoices):
    """What is measured once a minute; `carestation_` and the value is its name in OpenMetrics."""

    PROBE_FAILURES = "probe_failures", _("外からの確認に続けて失敗した回数")
    AVAILABLE = "available", _("外からの確認ができた")
    PROBE = "probe_seconds", _("外からの確認にかかった時間")
    LATENCY = "latency_p95_seconds", _("画面の応答（100回のうち95回がこの時間内）")
    ERRORS = "error_share", _("応答できなかった割合")
    LAG = "followers_lag_seconds", _("投稿のあとの処理の遅れ")
    WORKERS = "workers", _("動いている処理役")
    QUEUE = "queue_seconds", _("メールなどの順番待ち")
    UNTOLD = "bus_refused", _("すぐに知らせられなかった更新")
    WEB = "web_processes", _("動いているWebの処理")
    STREAMS = "open_streams", _("更新を待っている画面")
    POSTS = "posts_per_minute", _("投稿（1分あたり）")
    REFUSED = "refused_sign_ins_per_minute", _("断ったサインイン（1分あたり）")
    DATABASE = "database_seconds", _("データベースの応答")
    CONNECTIONS = "database_connections_share", _("データベースの接続の使用")
    DISK = "disk_used_share", _("ディスクの使用")
    DISK_DAYS = "disk_days_left", _("ディスクが足りなくなるまで")
    STORAGE = "storage_used_share", _("ファイルの置き場所（いちばん上限に近い施設）")
    MEMORY = "memory_used_share", _("メモリーの使用")
    CPU = "cpu_load_share", _("CPUの使用")
    CLOCK = "clock_offset_seconds", _("時刻のずれ（時刻同期との差）")
    UNSYNCHRONISED = "clock_unsynchronised", _("時刻が合わせられていない")
    DATABASE_CLOCK = "database_clock_offset_seconds", _("時刻のずれ（データベースとの差）")
    CERTIFICATE = "certificate_share_left", _("証明書の残り")
    CERTIFICATE_DAYS = "certificate_days_left", _("証明書の期限まで")


class State(TextChoices):
    """How something stands; what was not measured is no good news."""

    OK = "ok", _("正常")
    CAUTION = "caution", _("注意")
    ALARM = "alarm", _("異常")


class SpellKind(TextChoices):
    """What the record of the check says of a time."""

    DOWN = "down", _("使えませんでした")
    PARTLY = "partly", _("一部で使えませんでした")
    UNKNOWN = "unknown", _("確かめていません")


class Unit(TextChoices):
    """In what something is measured; how it is written is the page's matter."""

    SECONDS = "seconds", _("秒")
    SHARE = "share", _("％")
    DAYS = "days", _("日")
    COUNT = "count", _("件")
    YES_NO = "yes_no", _("はい・いいえ")


class Concern(TextChoices):
    """What of it someone asks for, in the order of the page."""

    PEOPLE = "people", _("使う人から見た動き")
    BEHIND = "behind", _("裏側の処理")
    DATABASE = "database", _("データベース")
    MACHINE = "machine", _("サーバー")
    TIME = "time", _("時刻と証明書")


# What people notice of it, and what whoever operates does, where it is not in order.
HURTS: Final = {
    Measured.PROBE_FAILURES: _("サインイン、投稿、閲覧のどれかができません。"),
    Measured.AVAILABLE: _("サインイン、投稿、閲覧のどれかができません。"),
    Measured.PROBE: _("サインインや投稿を、待たされます。"),
    Measured.LATENCY: _("画面が出るまで、待たされます。"),
    Measured.ERRORS: _("「いま開けません」という画面が出る方がいます。書いた文は端末に残ります。"),
    Measured.LAG: _("投稿はすぐに届きますが、検索、お知らせ、記録の封が遅れます。"),
    Measured.WORKERS: _("メール、検索、書き出しが止まっています。投稿と閲覧はできます。"),
    Measured.QUEUE: _("パスワードの再設定などのメールが遅れます。"),
    Measured.UNTOLD: _("開いたままの画面に、新しい投稿がすぐに出ません。読み直すと出ます。"),
    Measured.WEB: _("動いている数が分かりません。"),
    Measured.STREAMS: _("開いたままの画面に、新しい投稿がすぐに出ません。読み直すと出ます。"),
    Measured.POSTS: _("どれだけ投稿されたかが分かりません。"),
    Measured.REFUSED: _(
        "だれかがパスワードをさがしているかもしれません。本人も入れないことがあります。"
    ),
    Measured.DATABASE: _("すべての画面が遅くなります。"),
    Measured.CONNECTIONS: _("使い切ると、画面が開けなくなります。"),
    Measured.DISK: _("いっぱいになると、投稿と写真を受け付けられません。読むことはできます。"),
    Measured.DISK_DAYS: _("その日が来ると、投稿と写真を受け付けられません。"),
    Measured.STORAGE: _(
        "上限に届いた施設では、新しい写真と書類を断ります。本文は、いつでも投稿できます。"
    ),
    Measured.MEMORY: _("足りなくなると、処理が急に止まることがあります。"),
    Measured.CPU: _("画面が出るまで、待たされます。"),
    Measured.CLOCK: _(
        "確認コードが合わなくなり、サインインできない方が出ます。投稿の順番は変わりません。"
    ),
    Measured.UNSYNCHRONISED: _("いまは影響ありませんが、時刻が少しずつずれていきます。"),
    Measured.DATABASE_CLOCK: _("投稿の時刻と、記録の時刻が合わなくなります。"),
    Measured.CERTIFICATE: _("期限が過ぎると、だれも開けなくなります。"),
    Measured.CERTIFICATE_DAYS: _("期限が過ぎると、だれも開けなくなります。"),
}
MISSING: Final = _("測れていません。")
SILENT: Final = (
    _("見守りが止まっています。ほかの知らせも届きません。"),
    _("carestation status で watch を確かめ、起動し直してください。"),
)
REMEDIES: Final = {
    Measured.PROBE_FAILURES: _(
        "logs の watch.log で、どこまで進んだか（reason）を見てください。"
        "まだ始めていないときは、carestation probe --begin を使います。"
    ),
    Measured.AVAILABLE: _("「外からの確認に続けて失敗した回数」を見てください。"),
    Measured.PROBE: _("下の「データベース」と「サーバー」に、ほかの異常がないか見てください。"),
    Measured.LATENCY: _("CPUとデータベースを見て、Webの数を増やすか、重い処理を止めてください。"),
    Measured.ERRORS: _("logs の web で、level が ERROR の行を見てください。"),
    Measured.LAG: _(
        "logs の worker.log を見てください。止まった処理役（follower）の名前が出ます。"
    ),
    Measured.WORKERS: _("carestation status で worker を確かめ、起動し直してください。"),
    Measured.QUEUE: _("メールの送り先（SMTP_URL）と、logs の worker.log を見てください。"),
    Measured.UNTOLD: _("BUS_URL の先と、データベースを確かめてください。"),
    Measured.WEB: _("carestation status で、web が動いているか確かめてください。"),
    Measured.STREAMS: _("carestation status で live を確かめ、起動し直してください。"),
    Measured.POSTS: _("carestation status で watch を確かめてください。"),
    Measured.REFUSED: _(
        "操作の記録で、断ったサインインを見てください。続くときは、送り元を止めます。"
    ),
    Measured.DATABASE: _("ディスクとCPUを確かめ、長い処理（書き出し、鍵の交換）を待ってください。"),
    Measured.CONNECTIONS: _("Webの数を減らすか、max_connections を増やしてください。"),
    Measured.DISK: _("ディスクを増やすか、古いログとバックアップを移してください。"),
    Measured.DISK_DAYS: _("その日までに、ディスクを増やしてください。"),
    Measured.STORAGE: _(
        "運営の「ファイルの置き場所」で施設を確かめ、管理者の方と相談して、上限を変えてください。"
    ),
    Measured.MEMORY: _("Webの数を減らすか、メモリーを増やしてください。"),
    Measured.CPU: _("続くときは、CPUを増やすか、ほかのサーバーに分けてください。"),
    Measured.CLOCK: _("chronyc tracking で、時刻同期を確かめてください。"),
    Measured.UNSYNCHRONISED: _("chrony を入れて、動かしてください。"),
    Measured.DATABASE_CLOCK: _("両方のサーバーで、chronyc tracking を確かめてください。"),
    Measured.CERTIFICATE: _("証明書を新しくしてください。自動なら、proxy の記録を見てください。"),
    Measured.CERTIFICATE_DAYS: _(
        "証明書を新しくしてください。自動なら、proxy の記録を見てください。"
    ),
}
