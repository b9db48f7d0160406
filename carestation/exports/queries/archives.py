"""An export as the members of one archive: lists, pages, files, and the hash of each.

Everything streams: of lists, pages and files no more than a piece is in memory at once.

Controls: ISO/IEC 27017 8.24, CLD.8.1.5; white paper 「暗号化」, 「バックアップ」.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Final

from carestation.audit.queries.evidence import evidence_of
from carestation.audit.queries.extracts import extract_of
from carestation.audit.queries.record import Asked
from carestation.exports.choices import Extent
from carestation.exports.queries.beside import Beside
from carestation.exports.queries.pages import groups_of_export, names_of, staff_of_export
from carestation.exports.queries.posts import path_of_file, posts_of_side
from carestation.exports.queries.reach import Reach
from carestation.exports.queries.rows import Line, hash_by_database, lines_of, written
from carestation.exports.queries.sifting import sifting_of
from carestation.exports.queries.tables import TABLES, Table
from carestation.facilities.models.facilities import Facility
from carestation.kernel.actor import Actor
from carestation.timeline.models import Attachment
from carestation.ui.rendering import rendered, rendered_in_parts
from carestation.ui.times import TOKYO
from carestation.vault.archives import Member
from carestation.vault.files import SealedFile, Variant, unseal_file
from carestation.vault.scopes import open_scope

FORMAT: Final = "carestation export 1"
LISTING: Final = "export.json"
MANIFEST: Final = "MANIFEST.sha256"
EVERYTHING: Final = Asked()
Content = tuple[str, Iterable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """One export to be written: what it covers, for whom, as of when.

    `asked`: by what the record is sifted, where it is written out alone. `tables`: its lists,
    today's but where an export of an earlier version is written anew, to be compared.
    """

    reach: Reach
    actor: Actor
    extent: Extent
    at: datetime
    asked: Asked | None = None
    tables: tuple[Table, ...] = TABLES


def members_of(writing: Writing) -> Iterator[Member]:
    """Yield the members of an export's archive; the manifest of their hashes comes last."""
    hashes: list[bytes] = []

    def hashed(path: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part)
            yield part
        hashes.append(f"{digest.hexdigest()}  {path}\n".encode())

    for path, parts in _contents(writing):
        yield Member(path=path, changed_at=writing.at, parts=hashed(path, parts))
    yield Member(path=MANIFEST, changed_at=writing.at, parts=hashes)


def _contents(writing: Writing) -> Iterator[Content]:
    if writing.asked is not None:
        return chain(_record_alone(writing, writing.asked), [_listing(writing, {})])
    return chain(_pages(writing), _lists(writing), _record(writing), _files(writing))


def _pages(writing: Writing) -> Iterator[Content]:
    names = names_of(writing.reach, writing.actor)
    groups = []
    for page in groups_of_export(writing.reach, names, writing.actor):
        groups.append(page)
        for side, path in page.sides:
            posts = posts_of_side(page, side, names)
            about = {"group": page, "side": side, "posts": posts, "at": writing.at}
            yield path, rendered_in_parts("exports/archive/side.html", **about)
    index = rendered(
        "exports/archive/index.html",
        facility=Facility.objects.get(pk=writing.reach.facility_id).name,
        groups=groups,
        staff=staff_of_export(writing.reach, names),
        beside=Beside(reach=writing.reach, names=names, actor=writing.actor),
        extent=writing.extent,
        at=writing.at,
    )
    yield "index.html", [index.encode()]
    yield "style.css", [rendered("exports/archive/style.css").encode()]


def _lists(writing: Writing) -> Iterator[Content]:
    reach, told = writing.reach, {}
    for table in writing.tables:
        yield f"data/{table.name}.jsonl", map(written, lines_of(table, reach, writing.actor))
        rows, hashed = hash_by_database(table, reach)
        told[table.name] = {"rows": rows, "database_hash": hashed}
    yield _listing(writing, told)


def _listing(writing: Writing, told: Line) -> Content:
    listing = {
        "format": FORMAT,
        "facility_id": str(writing.reach.facility_id),
        "extent": writing.extent.value,
        "at": writing.at.astimezone(TOKYO).isoformat(),
        "lists": told,
    }
    if writing.asked is not None:
        listing["sifted"] = sifting_of(writing.asked)
    return LISTING, [json.dumps(listing, ensure_ascii=False, indent=2).encode()]


def _record(writing: Writing) -> Iterator[Content]:
    """Yield the facility's record of acts, which its own people verify with the file beside it."""
    if writing.reach.is_whole:
        facility_id = writing.reach.facility_id
        found = chain(evidence_of(facility_id), extract_of(facility_id, EVERYTHING, writing.actor))
        yield from ((f"record/{name}", parts) for name, parts in found)


def _record_alone(writing: Writing, asked: Asked) -> Iterator[Content]:
    """Yield the record as it was sifted; all of it can be verified, a part of it not apart."""
    facility_id, is_all = writing.reach.facility_id, asked == EVERYTHING
    index = rendered(
        "exports/archive/record.html",
        facility=Facility.objects.get(pk=facility_id).name,
        extent=writing.extent,
        asked=asked,
        is_all=is_all,
        at=writing.at,
    )
    yield "index.html", [index.encode()]
    yield "style.css", [rendered("exports/archive/style.css").encode()]
    yield from extract_of(facility_id, asked, writing.actor)
    if is_all:
        yield from evidence_of(facility_id)


def _files(writing: Writing) -> Iterator[Content]:
    carried = Attachment.objects.filter(group_id__in=writing.reach.group_ids)
    shown = carried.filter(post__withdrawn_at=None).order_by("pk")
    for row in shown.iterator(chunk_size=500):
        place = Attachment.key_place(row.pk)
        key = open_scope(row.scope_id, writing.actor).unseal_bytes(row.key_sealed, place)
        content = SealedFile(
            file_id=row.pk, variant=Variant.CONTENT, size_bytes=row.size_bytes, key=key
        )
        yield path_of_file(row.pk, row.media_type), unseal_file(content)
        if row.thumbnail_bytes is not None:
            small = replace(content, variant=Variant.THUMBNAIL, size_bytes=row.thumbnail_bytes)
            yield f"thumbnails/{row.pk}.webp", unseal_file(small)
