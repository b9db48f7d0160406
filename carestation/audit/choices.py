"""The closed words of the record of acts."""

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
