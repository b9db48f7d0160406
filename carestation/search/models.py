"""The index: numbers that only a group's key makes; and the words of documents, sealed.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from carestation.groups.choices import Side
from carestation.groups.models.groups import Group
from carestation.kernel.ids import uuid7
from carestation.search.choices import EntryKind
from carestation.timeline.models import Attachment, Post
from carestation.vault.sealing import Place


class DocumentText(models.Model):
    """The words of a document, as far as they are text, sealed under the scope of its group."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="+")
    words_sealed = models.BinaryField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the file's id."""
        return str(self.file_id)

    @staticmethod
    def words_place(text_id: UUID) -> Place:
        """Return where the words of a document are sealed."""
        return Place("search_documenttext", "words", text_id)


class EntryQuerySet(models.QuerySet["Entry"]):
    """Filters."""

    def of_group(self, group_id: UUID) -> Self:
        """Those of one group."""
        return self.filter(group_id=group_id)


class Entry(models.Model):
    """What can be found of a post, a file's name or a document's words; its id is theirs.

    `grams`: the pairs of letters, each as a number of the group's key, in the order of the numbers,
    and some that stand for nothing. Of a withdrawn post there are none. `changed_seq`: the change
    of the post after which it was read, so that an older reading never replaces a newer one.
    """

    id = models.UUIDField(primary_key=True)
    # That of its post, whose key is checked.
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    side = models.CharField(max_length=20, choices=Side)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=EntryKind)
    changed_seq = models.BigIntegerField()
    grams = ArrayField(models.BigIntegerField())

    objects = EntryQuerySet.as_manager()

    class Meta:
        """A number leads to its entries; a group's entries stand together.

        What is new waits to be sorted in together with others, at most 128 kB of it, a hundred
        posts: that halves what a post costs here, and each look reads that list through.
        """

        indexes = [
            GinIndex(fields=["grams"], gin_pending_list_limit=128, name="search_entry_grams"),
            models.Index(fields=["group", "side", "post"], name="search_entry_of_post"),
        ]

    def __str__(self) -> str:
        """Return the id."""
        return str(self.pk)
