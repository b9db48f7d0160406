"""Names of files, made fit to be kept and shown."""

import re
from typing import Final

from carestation.kernel.text import UnfitText, clean_line

LONGEST: Final = 255
NAMELESS: Final = "ファイル"
SUFFIXES: Final = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
_UNFIT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SUFFIX: Final = re.compile(r"\.[0-9A-Za-z]{1,5}$")
# Signs that some system takes for a path, a drive or a pattern.
_FOREIGN: Final = re.compile(r'[<>:"|?*]')


def clean_name(raw: str, media_type: str) -> str:
    """Return a name as it is kept: the last part of a path, ending as the content says."""
    last = re.split(r"[/\\]", _UNFIT.sub("", raw))[-1]
    try:
        name = clean_line(_FOREIGN.sub("_", last), longest=100_000)
    except UnfitText:
        name = ""
    endings = SUFFIXES[media_type]
    if name.lower().endswith(endings) and not name.startswith("."):
        stem, suffix = name[: name.rindex(".")], name[name.rindex(".") :]
    else:
        stem, suffix = _SUFFIX.sub("", name), endings[0]
    stem = stem.strip(" .") or NAMELESS
    return stem[: LONGEST - len(suffix)] + suffix
