"""What operators did, to be taken away: a table for people, lines of JSON for programs.

What their page shows, the newest first, as the page is cut. Times are Japan's.

Controls: ISO/IEC 27017 8.15, 8.2; white paper 「ログ」, 「ユーティリティプログラム」.
"""

import codecs
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from carestation.audit.choices import Extracted
from carestation.audit.queries.acts import OperatorAct
from carestation.kernel.cells import table_line
from carestation.ui.times import TOKYO

MOST_EXTRACTED: Final = 10_000
HEAD: Final = ("日時", "だれが", "何を", "施設", "結果", "番号", "時刻の確認")
HEAD_OF_TYPED: Final = ("コマンド", "使った日時", "サーバーの利用者", "理由")


def extract_of_acts(acts: Iterable[OperatorAct], form: Extracted) -> bytes:
    """Return a file of what operators did."""
    if form is Extracted.LINES:
        return b"".join(map(_json_line, acts))
    head = codecs.BOM_UTF8 + table_line((*HEAD, *HEAD_OF_TYPED))
    return head + b"".join(map(_row, acts))


def _row(act: OperatorAct) -> bytes:
    return table_line(
        (
            _japanese(act.at),
            act.who or ("名乗りなし" if act.typed else "自動"),
            act.what,
            act.facility,
            "失敗" if act.is_refused else "成功",
            act.number,
            "未確認" if act.is_time_doubted else "",
            act.command,
            _japanese(act.typed_at) if act.typed_at else "",
            act.typed.account if act.typed else "",
            act.typed.reason if act.typed else "",
        )
    )


def _json_line(act: OperatorAct) -> bytes:
    told = {
        "number": act.number,
        "at": _japanese(act.at),
        "kind": act.kind,
        "what": act.what,
        "who": act.who,
        "facility": act.facility,
        "is_refused": act.is_refused,
        "is_time_doubted": act.is_time_doubted,
    }
    if act.typed:
        told |= {
            "command": act.command,
            "typed_at": _japanese(act.typed_at) if act.typed_at else None,
            "account": act.typed.account,
            "reason": act.typed.reason,
        }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _japanese(at: datetime) -> str:
    return at.astimezone(TOKYO).isoformat()
