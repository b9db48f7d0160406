"""Opening a document for the system's own reading.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

from uuid import UUID

from carestation.kernel.acting import Work, acting_as
from carestation.search.models import DocumentText
from carestation.timeline.models import Attachment
from carestation.vault.files import SealedFile, Variant, unseal_file
from carestation.vault.scopes import open_scope


@acting_as(Work.INDEX)
def unread_document(file_id: UUID) -> Attachment | None:
    """Return a document that a post carries and nobody has read yet; None: there is nothing."""
    if DocumentText.objects.filter(file_id=file_id).exists():
        return None
    return Attachment.objects.documents().exclude(post=None).filter(pk=file_id).first()


def document_bytes(file: Attachment) -> bytes:
    """Return what a document holds.

    Raises:
        NotVisible: the keys of its group are gone.
        FileDamagedError: what is kept is not what was sealed.
    """
    key = open_scope(file.scope_id, None).unseal_bytes(
        file.key_sealed, Attachment.key_place(file.pk)
    )
    sealed = SealedFile(
        file_id=file.pk, variant=Variant.CONTENT, size_bytes=file.size_bytes, key=key
    )
    return b"".join(unseal_file(sealed))
