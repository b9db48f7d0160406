"""The closed words of search."""

from django.db.models import TextChoices


class EntryKind(TextChoices):
    """What an entry of the index is about."""

    POST = "post", "投稿"
    FILE = "file", "写真・書類"
