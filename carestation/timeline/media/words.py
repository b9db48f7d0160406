"""The words of a document, read by a process apart: for search, and bounded in every direction."""

from io import BytesIO
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

PAGES_AT_MOST: Final = 300
SIGNS_AT_MOST: Final = 100_000


def words_of_document(data: bytes) -> str:
    """Return the words of a document page by page, as far as they are written as text.

    A page that cannot be read is passed over. What a picture shows (a scan) is no text.

    Raises:
        pypdf.errors.PyPdfError: it cannot be read at all.
    """
    reader = PdfReader(BytesIO(data))
    pages: list[str] = []
    left = SIGNS_AT_MOST
    for number in range(min(len(reader.pages), PAGES_AT_MOST)):
        try:
            text = reader.pages[number].extract_text()[:left]
        except (PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError):
            continue
        pages.append(text)
        left -= len(text)
        if left <= 0:
            break
    # Halves of letters and NUL are no text: what is made of broken tables.
    return "\n".join(pages).encode("utf-8", "ignore").decode().replace("\x00", "")
