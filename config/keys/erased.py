"""`keys erased`: the certificates of what was erased, with what can be said of each now."""

import argparse
from datetime import datetime
from typing import Final

from carestation.ui.times import TOKYO
from carestation.vault.erasing import Certificate, certificates
from config.keys.telling import say, tell_machines

OPEN: Final = (
    "根の鍵がそのままです。写しと根の鍵があれば開きます"
    " / not yet: such a copy with today's root opens them (keys rotate --level root)"
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
    in_copies = one.gone_in_copies_at
    return [
        f"消去証明書 / Certificate of erasure  {one.erasure_id}",
        f"グループ / Group                     {one.scope_id}",
        f"鍵の破棄 / Keys destroyed            {_time(one.erased_at)}  by {one.erased_by}",
        f"破棄した鍵 / SHA-256 of the wrapped keys  {one.digest}",
        f"稼働中のシステムから / From this installation  {_time(one.gone_here_at)}",
        f"それ以前の複製から / From copies made before   {_time(in_copies) if in_copies else OPEN}",
    ]


def _time(at: datetime) -> str:
    return at.astimezone(TOKYO).isoformat(" ", "seconds")
