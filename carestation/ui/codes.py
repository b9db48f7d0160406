"""A code that a camera reads."""

import segno
from markupsafe import Markup


def drawn_qr(text: str) -> Markup:
    """Return a QR code as a picture in the page; dark on light in both themes, for the camera."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass="qr"))  # noqa: S704 - segno's own drawing
