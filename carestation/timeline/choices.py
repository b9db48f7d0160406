"""The closed words of timelines."""

from django.db.models import TextChoices


class Urgency(TextChoices):
    """How much a post hurries."""

    NORMAL = "normal", "ふつう"
    URGENT = "urgent", "緊急"


class MediaType(TextChoices):
    """What a file is, by its content, after it was written anew."""

    JPEG = "image/jpeg", "写真"
    PNG = "image/png", "画像"
    WEBP = "image/webp", "画像 (WebP)"
    PDF = "application/pdf", "書類"
