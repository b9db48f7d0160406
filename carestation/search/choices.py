"""The closed words of search."""

from django.db.models import TextChoices


class EntryKind(TextChoices):
    """What an entry of the index is about."""

    POST = "post", "投稿"
    FILE = "file", "写真・書類"


class Show(TextChoices):
    """Which results are looked at."""

    POSTS = "posts", "投稿"
    FILES = "files", "写真・書類"
