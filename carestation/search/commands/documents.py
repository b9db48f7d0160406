"""Reading the words of documents: in the worker, in memory, by a process without rights.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from carestation.kernel.acting import Work, acting_as
from carestation.search.choices import Job
from carestation.search.commands.index import index_posts
from carestation.search.models import DocumentText
from carestation.search.queries.documents import document_bytes, unread_document
from carestation.search.queries.entries import unread_documents
from carestation.timeline.media.refusals import FileRefused
from carestation.timeline.media.workshop import words_in
from carestation.timeline.models import Attachment
from carestation.vault.scopes import open_scope


def ask_to_read(posts: Sequence[tuple[UUID, UUID]]) -> None:
    """Let the worker read the documents of posts, each by its group and its id, after all else."""
    for file_id in unread_documents(posts):
        jobs.configure_task(Job.READ_DOCUMENT, priority=-1).defer(file_id=str(file_id))


def read_document(file_id: UUID) -> None:
    """Read the words of a document that a post carries, and let it be found by them.

    One that cannot be read has none: it is found by its name. Read before, nothing changes.

    Raises:
        NotVisible: the keys of its group are gone.
        FileDamagedError: what is kept is not what was sealed.
    """
    file = unread_document(file_id)
    if file is None or file.post_id is None:
        return
    try:
        words = words_in(document_bytes(file))
    except FileRefused:
        words = ""
    keep_words(file, file.post_id, words)


@acting_as(Work.INDEX)
def keep_words(file: Attachment, post_id: UUID, words: str) -> None:
    """Keep the words of a document of a post, sealed, and let it be found by them."""
    text = DocumentText(group_id=file.scope_id, post_id=post_id, file=file)
    text.read_at = timezone.now()
    place = DocumentText.words_place(text.pk)
    text.words_sealed = open_scope(file.scope_id, None).seal(words, place)
    DocumentText.objects.bulk_create([text], ignore_conflicts=True)
    index_posts([(file.scope_id, post_id)])
