"""A facility's record as it is taken away: for people, for other programs, and as evidence.

`facts.jsonl` with `checkpoints.txt` and `key.txt` is what `verify.py` reads; `record.csv` opens in
a spreadsheet, `audit-events.ndjson` is FHIR R4. Times are Japan's.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」, 「記録の保護」.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

from carestation.audit import verifier
from carestation.audit.choices import Act
from carestation.audit.queries.checkpoints import published_keys
from carestation.audit.queries.fhir import audit_event
from carestation.audit.queries.people import names_of_staff
from carestation.audit.queries.proofs import notes_of, proof_of
from carestation.audit.rules import words_of
from carestation.groups.choices import Side
from carestation.kernel.actor import Actor
from carestation.kernel.sql import Row
from carestation.patients.models import Patient

BOM: Final = "\ufeff"  # by which a spreadsheet knows UTF-8
HEAD: Final = ("日時", "だれが", "何を", "側", "グループ", "対象", "結果", "番号")
# A cell that begins so is read as a formula by spreadsheets; it is made text.
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
REFUSED: Final = Act.ACCOUNTS_SIGN_IN_REFUSED


def evidence_of(facility_id: UUID, actor: Actor) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the files of a facility's record, as far as it is signed, each by its name."""
    names = names_of_staff(facility_id, actor)
    yield "facts.jsonl", (_json(line) for line in proof_of(facility_id))
    yield "checkpoints.txt", (f"{note}\n".encode() for note in notes_of(facility_id))
    yield "key.txt", ["\n".join(published_keys()[-1:]).encode()]
    yield "verify.py", [Path(verifier.__file__).read_bytes()]
    yield "record.csv", table_of(_there(facility_id), names)
    patients = dict(Patient.objects.values_list("group_id", "pk"))
    events = (audit_event(line, patients) for line in _there(facility_id))
    yield "audit-events.ndjson", map(_json, events)


def table_of(lines: Iterable[Row], names: Mapping[UUID, str]) -> Iterator[bytes]:
    """Yield the record as a table, with its head."""
    yield _csv(HEAD, BOM)
    for line in lines:
        side = line["detail"].get("side")
        yield _csv(
            (
                line["at"],
                names.get(UUID(line["actor_id"]), line["actor_id"]) if line["actor_id"] else "",
                words_of(line["kind"]),
                Side(side).label if side in Side.values else "",
                line["group_id"] or "",
                line["object_id"],
                "失敗" if line["kind"] == REFUSED else "成功",
                line["id"],
            )
        )


def _there(facility_id: UUID) -> Iterator[Row]:
    """Yield what stands in the log now; what was taken away stands in the evidence alone."""
    return (line for line in proof_of(facility_id) if line["id"] is not None)


def _csv(cells: Iterable[object], before: str = "") -> bytes:
    text = io.StringIO()
    told = [str(cell) for cell in cells]
    safe = [f"'{cell}" if cell.startswith(FORMULAS) else cell for cell in told]
    csv.writer(text).writerow(safe)
    return f"{before}{text.getvalue()}".encode()


def _json(line: Row) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"
