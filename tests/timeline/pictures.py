"""Files as people hand them in, made on the spot."""

from io import BytesIO

from PIL import Image
from pillow_heif import register_heif_opener
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

register_heif_opener()
CANARY = "kingfisher-0421"
# Where a signature begins and ends is written where these stand, as soon as it is known.
SPANS = (0, 1_000_000_001, 1_000_000_002, 1_000_000_003)
SIGNATURE = bytes(range(64))


def a_picture(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    gradient = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", [gradient, gradient.rotate(90), gradient.rotate(180)]).convert(mode)


def encoded(picture: Image.Image, form: str, **more: object) -> bytes:
    out = BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def with_place(orientation: int = 1) -> Image.Exif:
    """Metadata with a place, a time, a camera and an orientation."""
    exif = Image.Exif()
    exif[0x010F] = CANARY
    exif[0x0112] = orientation
    exif[0x9003] = "2026:06:10 09:18:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (35.0, 39.0, 31.5)
    gps[3], gps[4] = "E", (139.0, 44.0, 44.1)
    return exif


def a_jpeg(size: tuple[int, int] = (64, 48), orientation: int = 1) -> bytes:
    return encoded(a_picture(size), "JPEG", exif=with_place(orientation), comment=CANARY.encode())


def a_pdf(*, pages: int = 1) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": CANARY})
    return writer


def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def named(**entries: str) -> DictionaryObject:
    """A dictionary whose values are names."""
    return DictionaryObject(
        {NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in entries.items()}
    )


def add_script(writer: PdfWriter) -> None:
    """A script that runs when the document opens, in the tree of names."""
    script = named(S="JavaScript")
    script[NameObject("/JS")] = TextStringObject("app.alert('kingfisher-js')")
    tree = DictionaryObject()
    tree[NameObject("/Names")] = ArrayObject([TextStringObject("a"), script])
    names = DictionaryObject({NameObject("/JavaScript"): tree})
    writer.root_object[NameObject("/Names")] = names


def a_signed_pdf(*, is_active: bool = False, covers: bool = True) -> bytes:
    writer = a_pdf()
    signature = named(Type="Sig", Filter="Adobe.PPKLite", SubFilter="adbe.pkcs7.detached")
    signature[NameObject("/ByteRange")] = ArrayObject(NumberObject(one) for one in SPANS)
    signature[NameObject("/Contents")] = ByteStringObject(SIGNATURE)
    field = named(FT="Sig", Type="Annot", Subtype="Widget")
    field[NameObject("/T")] = TextStringObject("Signature1")
    field[NameObject("/V")] = signature
    form = DictionaryObject({NameObject("/Fields"): ArrayObject([field])})
    writer.root_object[NameObject("/AcroForm")] = form
    if is_active:
        add_script(writer)
    return covered(written(writer)) if covers else written(writer)


def covered(data: bytes) -> bytes:
    """Let the signature cover everything but itself."""
    hole = b"<%s>" % SIGNATURE.hex().encode()
    begin = data.index(hole)
    end = begin + len(hole)
    for span, of in zip(SPANS[1:], (begin, end, len(data) - end), strict=True):
        data = data.replace(b"%d" % span, b"%-10d" % of)
    return data
