"""What a file is, by its first bytes; what its name says does not count."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What we take."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIF = "heif"
    PDF = "pdf"


# The marks stand at the very beginning: a PDF behind other bytes is two files in one.
SIGNATURES: Final = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"%PDF-", Kind.PDF),
)
# ISO/IEC 23008-12: the brands of HEIC and HEIF. AVIF has others, and is not taken.
HEIF_BRANDS: Final = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
)


def kind_of(data: bytes) -> Kind | None:
    """Return what the bytes are, or None."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return Kind.HEIF
    return None
