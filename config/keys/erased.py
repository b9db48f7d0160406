"""`keys erased`: the certificates of what was erased, with what can be said of each now."""

import argparse
from datetime import datetime
from typing import Final

from carestation.ui.times import TOKYO
from carestation.vault.erasing import Certificate, certificates
from config.keys.telling import say, tell_machines

OPEN: Final = (
    "根の鍵がそのままです。写しと根の鍵 {key} があれば開きます"
    " / not yet: such a copy opens with the root's key {key} (keys rotate --level root)"
)
DROPPED: Final = (
    "{at} に、この環境の根の鍵 {key} を破棄しました。ほかに写しがあれば、最後の一つを破棄した日から"
    " / the root's key {key} was dropped here then; where it was copied, from when the last copy is"
    " destroyed"
)


def act(options: argparse.Namespace) -> int:
    """Print the certificates, the newest first."""
    found = certificates()
    if options.json:
        tell_machines({"erased": found})
        return 0
    for one in found:
        say(*lines_of(one), "")
    say(f"{len(found)} erasures.")
    return 0


def lines_of(one: Certificate) -> list[str]:
    """Return a certificate as it is printed."""
    return [
        f"消去証明書 / Certificate of erasure  {one.erasure_id}",
        f"対象 / Of                            {one.kind.label} {one.scope_id}",
        f"鍵の破棄 / Keys destroyed            {_time(one.erased_at)}  by {one.erased_by}",
        f"破棄した鍵 / SHA-256 of the wrapped keys  {one.digest}",
        f"稼働中のシステムから / From this installation  {_time(one.gone_here_at)}",
        f"それ以前の複製から / From copies made before   {_in_copies(one)}",
    ]


def _in_copies(one: Certificate) -> str:
    if one.gone_in_copies_at is None:
        return OPEN.format(key=one.root_key)
    return DROPPED.format(at=_time(one.gone_in_copies_at), key=one.root_key)


def _time(at: datetime) -> str:
    return at.astimezone(TOKYO).isoformat(" ", "seconds")
