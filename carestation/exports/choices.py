"""The closed words of exports."""

from enum import StrEnum

from django.db.models import TextChoices


class Extent(TextChoices):
    """How much is written out."""

    FACILITY = "facility", "施設のすべて"
    OWN = "own", "自分が参加しているグループ"
    RECORD = "record", "操作の記録だけ"


class Rhythm(TextChoices):
    """How often a facility takes a copy of its data into its own hands."""

    WEEKLY = "weekly", "毎週"
    MONTHLY = "monthly", "毎月"


class ExportState(TextChoices):
    """How an export stands."""

    RUNNING = "running", "作成中"
    READY = "ready", "受け取れます"
    FAILED = "failed", "作成できませんでした"
    GONE = "gone", "消しました"


class Removal(TextChoices):
    """Why an archive is kept no longer."""

    EXPIRED = "expired", "期限切れ"
    RIGHT_ENDED = "right_ended", "書き出した人の権限が終わったため"
    ASKED = "asked", "書き出した人が消したため"


class Job(StrEnum):
    """What the worker does."""

    MAKE = "exports.make"
    REMOVE = "exports.remove"
    FOLLOW_PLANS = "exports.follow_plans"
