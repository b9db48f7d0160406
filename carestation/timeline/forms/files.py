"""Files as people hand them in, and the words with which one is not taken."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carestation.timeline.media.refusals import Reason

MOST_ZOOM: Final = 4
# What → what to do. %(name)s is the file's own name, %(size)s its size as people say it.
WORDS: Final[dict[str, Promise]] = {
    Reason.EMPTY_FILE: _("「%(name)s」は空です。選び直してください。"),
    Reason.TOO_LARGE: _("「%(name)s」は大きすぎます（%(size)s）。50MBまで送れます。"),
    Reason.UNKNOWN_KIND: _(
        "「%(name)s」は送れない種類です。写真（JPEG・PNG・HEIC・WebP）と書類（PDF）を送れます。"
    ),
    Reason.UNREADABLE: _(
        "「%(name)s」を読めませんでした。こわれているようです。別のファイルでためしてください。"
    ),
    Reason.TOO_MANY_PIXELS: _(
        "「%(name)s」は画素が多すぎます。1億画素までの写真にしてから送ってください。"
    ),
    Reason.LOCKED: _(
        "「%(name)s」はパスワードで開く書類です。パスワードを外してから送ってください。"
    ),
    Reason.SIGNED_AND_ACTIVE: _(
        "「%(name)s」は電子署名のある書類ですが、開くと動くプログラムが入っています。"
        "紙に印刷したものの写真などで送ってください。"
    ),
    Reason.TOO_MANY_FILES: _("「%(name)s」は付けられません。1つの投稿に10件までです。"),
    Reason.TOO_MANY_WAITING: _(
        "「%(name)s」を受け取れません。投稿していないファイルが多すぎます。"
        "付けたファイルを投稿するか外してから、送ってください。"
    ),
    Reason.BUSY: _(
        "「%(name)s」を受け取れませんでした。混み合っています。少し待って、もう一度送ってください。"
    ),
}
FILES_GONE: Final = _(
    "添付したファイルの中に、もう使えないものがあります（24時間でなくなります）。"
    "本文は残っています。付け直してから、投稿してください。"
)

STORAGE_FULL: Final = _(
    "この施設の、ファイルの置き場所がいっぱいです。写真や書類を外すと、本文は投稿できます。"
    "施設の管理者に伝えてください。"
)


def words_for(reason: str, *, name: str, size: str) -> str:
    """Return why a file is not taken, and what to do."""
    return str(WORDS[reason]) % {"name": name, "size": size}


class OneFileForm(forms.Form):
    """One file, sent by itself."""

    file = forms.FileField(allow_empty_file=True, max_length=1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumAsked:
    """`person_id`: whose pictures, None for all; `after`: the last one of the page before.

    `beside`: with which one a picture is compared.
    """

    person_id: UUID | None
    after: UUID | None
    beside: UUID | None
    zoom: int

    def query(self, **more: object) -> str:
        """Return what stands behind the question mark of the pages that one goes on to."""
        said = {"person": self.person_id, "beside": self.beside} | more
        words = urlencode({name: value for name, value in said.items() if value})
        return f"?{words}" if words else ""


class AlbumForm(forms.Form):
    """What stands behind the question mark; nonsense counts as not said."""

    person = forms.UUIDField(required=False)
    after = forms.UUIDField(required=False)
    beside = forms.UUIDField(required=False)
    zoom = forms.IntegerField(min_value=1, max_value=MOST_ZOOM, required=False)

    def said(self) -> AlbumAsked:
        """Return what the view wants."""
        self.full_clean()
        said = self.cleaned_data
        return AlbumAsked(
            person_id=said.get("person"),
            after=said.get("after"),
            beside=said.get("beside"),
            zoom=said.get("zoom") or 1,
        )
