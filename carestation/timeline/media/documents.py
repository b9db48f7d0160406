"""Documents (PDF), written anew without anything that acts: scripts, forms' scripts, files inside.

A signed document stays as it is, byte for byte, or it would not be signed any more; one that is
signed and acts is refused. One that only says so is written anew as all others.
"""

import re
from io import BytesIO
from typing import Final

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from carestation.timeline.media.refusals import FileRefused, Reason
from carestation.timeline.media.rewritten import Rewritten

MEDIA_TYPE: Final = "application/pdf"
# ISO 32000-2, 12.6: what starts by itself, runs, leads out of the document, or lies inside it.
ACTIVE_KEYS: Final = frozenset(
    (
        "/AA", "/AF", "/Collection", "/EF", "/EmbeddedFiles", "/JavaScript", "/JS", "/OpenAction",
        "/Rendition", "/Renditions", "/RichMedia", "/RichMediaContent", "/RichMediaSettings",
        "/XFA",
    )
)  # fmt: skip
ACTIVE_ACTIONS: Final = frozenset(
    (
        "/GoTo3DView", "/GoToE", "/GoToR", "/ImportData", "/JavaScript", "/Launch", "/Movie",
        "/Rendition", "/RichMediaExecute", "/Sound", "/SubmitForm",
    )
)  # fmt: skip
ACTIVE_NOTES: Final = frozenset(
    ("/FileAttachment", "/Movie", "/RichMedia", "/Screen", "/Sound", "/3D")
)
# What a signature leaves out of what it covers is itself, in hexadecimal (12.8.1).
SIGNATURE: Final = re.compile(rb"<[0-9A-Fa-f\s]+>")
SPANS: Final = 4
WORDS_ABOUT_IT: Final = frozenset(("/Metadata", "/PieceInfo", "/LastModified"))


def rewrite_document(data: bytes) -> Rewritten:
    """Return a document as it is kept.

    Raises:
        FileRefused: it opens with a password only, has no page, or is signed and acts.
        pypdf.errors.PyPdfError: it cannot be read.
    """
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise FileRefused(Reason.LOCKED)
    if len(reader.pages) == 0:
        raise FileRefused(Reason.UNREADABLE)
    is_signed, is_active = _calm(reader.root_object, data)
    if is_signed and is_active:
        raise FileRefused(Reason.SIGNED_AND_ACTIVE)
    if is_signed:
        return Rewritten(media_type=MEDIA_TYPE, content=data)
    # Only what can still be reached from the root comes along.
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    return Rewritten(media_type=MEDIA_TYPE, content=out.getvalue())


def _calm(root: DictionaryObject, data: bytes) -> tuple[bool, bool]:
    """Take out what acts; return whether the document is signed, and whether anything acted."""
    waiting: list[PdfObject] = [root]
    seen: set[int] = set()
    is_signed = is_active = False
    while waiting:
        one = waiting.pop().get_object()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, DictionaryObject):
            is_signed |= _is_signature(one, data)
            is_active |= _quieten(one)
            waiting.extend(one.values())
        elif isinstance(one, ArrayObject):
            waiting.extend(one)
    return is_signed, is_active


def _is_signature(one: DictionaryObject, data: bytes) -> bool:
    spans = _word(one, "/ByteRange")
    if not isinstance(spans, ArrayObject) or len(spans) != SPANS:
        return False
    if not all(isinstance(span.get_object(), int) for span in spans):
        return False
    begin, size, after, rest = (int(span.get_object()) for span in spans)
    covers = begin == 0 < size and after + rest <= len(data)
    return covers and SIGNATURE.fullmatch(data[size:after]) is not None


def _quieten(one: DictionaryObject) -> bool:
    for key in WORDS_ABOUT_IT & one.keys():
        del one[key]
    found = {key for key in ACTIVE_KEYS & one.keys() if not _is_place(one, key)}
    for key in found:
        del one[key]
    acts = _word(one, "/S") in ACTIVE_ACTIONS or _word(one, "/Subtype") in ACTIVE_NOTES
    if acts:
        one.clear()
    return bool(found) or acts


def _is_place(one: DictionaryObject, key: str) -> bool:
    # A document may open at a page of its own: that is a place, and acts on nothing.
    opened = one[key]
    if key != "/OpenAction" or isinstance(opened, ArrayObject):
        return key == "/OpenAction"
    return isinstance(opened, DictionaryObject) and _word(opened, "/S") == "/GoTo"


def _word(one: DictionaryObject, key: str) -> object:
    # It may stand elsewhere in the document, and is looked up there.
    found: PdfObject | None = one.get(key)
    return None if found is None else found.get_object()
