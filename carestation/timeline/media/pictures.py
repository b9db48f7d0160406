"""Pictures, decoded within limits and written anew: upright, in sRGB, and without any word.

Where and when a picture was taken, with what, and what else a camera writes, stays behind.
"""

from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageOps

from carestation.timeline.media.kinds import Kind
from carestation.timeline.media.refusals import FileRefused, Reason
from carestation.timeline.media.rewritten import Rewritten

LARGEST_PIXELS: Final = 100_000_000
LARGEST_WEBP_SIDE: Final = 16_383
THUMBNAIL_SIDE: Final = 480
QUALITY: Final = 88
DECODERS: Final = {
    Kind.JPEG: ("JPEG",),
    Kind.PNG: ("PNG",),
    Kind.WEBP: ("WEBP",),
    Kind.HEIF: ("HEIF",),
}
MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


def rewrite_picture(data: bytes, kind: Kind) -> Rewritten:
    """Return a picture as it is kept; of a moving one, its first frame.

    Raises:
        FileRefused: it has more pixels than we open.
        OSError: it cannot be decoded to its end.
    """
    picture = _plain(_opened(data, kind))
    picture.info = {}
    form = _form(picture, kind)
    if form == "JPEG" and picture.mode not in {"L", "RGB"}:
        picture = picture.convert("RGB")
    return Rewritten(
        media_type=MEDIA_TYPES[form],
        content=_encoded(picture, form),
        width=picture.width,
        height=picture.height,
        thumbnail=_thumbnail(picture),
    )


def _opened(data: bytes, kind: Kind) -> Image.Image:
    if kind is Kind.HEIF:
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - a large library

        register_heif_opener(thumbnails=False)
    # The number of pixels is judged here; Pillow would only warn of some of them.
    Image.MAX_IMAGE_PIXELS = None
    picture = Image.open(BytesIO(data), formats=DECODERS[kind])
    if picture.width * picture.height > LARGEST_PIXELS:
        raise FileRefused(Reason.TOO_MANY_PIXELS)
    picture.load()
    return picture


def _plain(picture: Image.Image) -> Image.Image:
    """Turn upright, and let eight bits of sRGB say what a profile or a palette said."""
    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode in {"P", "PA", "LA", "RGBa"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
    elif picture.mode.startswith("I"):
        # Sixteen bits of grey: the upper eight are what a screen shows.
        picture = picture.point(lambda grey: grey / 256).convert("L")
    elif picture.mode == "1":
        picture = picture.convert("L")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        picture = _in_srgb(picture, profile)
    return picture if picture.mode in {"L", "RGB", "RGBA"} else picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGB" if picture.mode == "CMYK" else picture.mode
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(picture, own, srgb, outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return picture
    return turned or picture


def _form(picture: Image.Image, kind: Kind) -> str:
    if kind is Kind.PNG:
        return "PNG"
    if kind is Kind.WEBP and max(picture.size) <= LARGEST_WEBP_SIDE:
        return "WEBP"
    return "JPEG"


def _encoded(picture: Image.Image, form: str) -> bytes:
    out = BytesIO()
    if form == "PNG":
        picture.save(out, form)
    else:
        picture.save(out, form, quality=QUALITY)
    return out.getvalue()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _encoded(small, "WEBP")
