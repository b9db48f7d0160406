"""The record of a facility as it was sifted, to be taken away: for people and for other programs.

What the page of the record shows, all of it, the oldest first: the facility's part, and how its
people signed in. `record.csv` and `access-log.csv` open in a spreadsheet; the latter has the
columns of the sample of an access log that the Ministry of Health gave (2023). Times are Japan's.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」, 「記録の保護」.
"""

import codecs
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Final
from uuid import UUID

from carestation.audit.choices import Act
from carestation.audit.models import Entry
from carestation.audit.queries.fhir import Patients, audit_event
from carestation.audit.queries.people import names_of_staff
from carestation.audit.queries.proofs import line_of
from carestation.audit.queries.record import Asked, sifted
from carestation.audit.rules import deed_of, words_of
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.kernel.actor import Actor
from carestation.kernel.cells import table_line
from carestation.kernel.sql import Row
from carestation.patients.models import Patient
from carestation.support.queries.clocks import doubted_facts

AT_ONCE: Final = 1_000
BOM: Final = codecs.BOM_UTF8  # by which a spreadsheet knows it
HEAD: Final = ("日時", "だれが", "何を", "側", "グループ", "対象", "結果", "番号", "時刻の確認")
UNVERIFIED: Final = "未確認"  # nobody vouched for the time when it was written
ACCESS_HEAD: Final = ("ユーザーID", "氏名", "時刻", "カテゴリ", "操作情報")
REFUSED: Final = Act.ACCOUNTS_SIGN_IN_REFUSED
Names = Mapping[UUID, str]


def extract_of(
    facility_id: UUID, asked: Asked, actor: Actor
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the files of what was asked for, each by its name."""
    names = names_of_staff(facility_id, actor)
    patients = dict(Patient.objects.values_list("group_id", "pk"))
    yield "record.csv", table_of(_lines(facility_id, asked), names)
    yield "access-log.csv", access_log_of(_lines(facility_id, asked), names)
    yield "record.jsonl", map(json_line, _lines(facility_id, asked))
    yield "audit-events.json", bundle_of(_lines(facility_id, asked), patients)


def table_of(lines: Iterable[Row], names: Names) -> Iterator[bytes]:
    """Yield the record as a table, with its head."""
    yield BOM + table_line(HEAD)
    for line in lines:
        side = line["detail"].get("side")
        yield table_line(
            (
                line["at"],
                _name(line, names),
                words_of(line["kind"]),
                Side(side).label if side in Side.values else "",
                line["group_id"] or "",
                line["object_id"],
                "失敗" if line["kind"] == REFUSED else "成功",
                line["id"],
                UNVERIFIED if line["is_time_doubted"] else "",
            )
        )


def access_log_of(lines: Iterable[Row], names: Names) -> Iterator[bytes]:
    """Yield the record in the columns of the Ministry's sample: who, when, what with whose data."""
    yield BOM + table_line(ACCESS_HEAD)
    for line in lines:
        at = datetime.fromisoformat(line["at"])
        told = f"{words_of(line['kind'])}（対象 {line['object_id']}"
        group = f"、グループ {line['group_id']}" if line["group_id"] else ""
        doubt = f"、時刻{UNVERIFIED}" if line["is_time_doubted"] else ""
        yield table_line(
            (
                line["actor_id"] or "",
                _name(line, names),
                f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}",
                deed_of(Act(line["kind"])).label if line["kind"] in Act.values else "",
                f"{told}{group}{doubt}）",
            )
        )


def bundle_of(lines: Iterable[Row], patients: Patients) -> Iterator[bytes]:
    """Yield the record as one Bundle of FHIR R4 with an AuditEvent a fact."""
    yield b'{"resourceType": "Bundle", "type": "collection", "entry": ['
    for number, line in enumerate(lines):
        entry = {"resource": audit_event(line, patients)}
        yield (b",\n" if number else b"\n") + json.dumps(entry, ensure_ascii=False).encode()
    yield b"\n]}\n"


def json_line(line: Row) -> bytes:
    """Return a fact as one line of JSON."""
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _lines(facility_id: UUID, asked: Asked) -> Iterator[Row]:
    """Yield the facts, each with its number, what was sealed of it, and how sure its time is."""
    part = sifted(Entry.objects.of_facility(facility_id), asked)
    own = sifted(Entry.objects.own_of_staff(facility_id), asked)
    sources = [part] if asked.group_id else [part, own]
    in_order = (one.order_by("at", "number").iterator(AT_ONCE) for one in sources)
    doubted = doubted_facts()
    entries = merge(*in_order, key=lambda entry: (entry.at, entry.number))
    while found := list(islice(entries, AT_ONCE)):
        facts = LoggedFact.objects.filter(
            pk__in=[one.fact_id for one in found], at__range=(found[0].at, found[-1].at)
        )
        told: dict[int, Row] = {fact["id"]: dict(fact) for fact in facts.values()}
        for one in found:
            if one.fact_id in told:
                line = line_of(told[one.fact_id], one.number, one)
                yield line | {"is_time_doubted": one.fact_id in doubted}


def _name(line: Row, names: Names) -> str:
    who = line["actor_id"] or ""
    return names.get(UUID(who), who) if who else ""
