"""Words that facts and tables share.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from django.db import models


class Level(models.TextChoices):
    """Which keys turn."""

    ROOT = "root", "根"
    FACILITY = "facility", "施設"
    SCOPE = "scope", "範囲"


class Stage(models.TextChoices):
    """How far a rotation is, in this order."""

    ADD = "add", "加える"
    PROMOTE = "promote", "切り替える"
    RESEAL = "reseal", "封じ直す"
    TELL = "tell", "知らせる"
    SWEEP = "sweep", "残りを封じ直す"
    DROP = "drop", "外す"
