"""The closed words of search."""

from enum import StrEnum

from django.db.models import TextChoices


class EntryKind(TextChoices):
    """What an entry of the index is about."""

    POST = "post", "投稿"
    FILE = "file", "ファイルの名前"
    DOCUMENT = "document", "書類の中"


class Show(TextChoices):
    """Which results are looked at."""

    POSTS = "posts", "投稿"
    FILES = "files", "写真・書類"
    PEOPLE = "people", "人"


class Job(StrEnum):
    """What is done by the worker."""

    READ_DOCUMENT = "search.read_document"
