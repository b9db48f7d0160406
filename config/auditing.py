"""`carestation audit verify`: whether the log of facts is as it was sealed and signed."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.joining import join_running

if TYPE_CHECKING:
    from carestation.audit.queries.verification import Finding, Verdict

WORDS: Final = {
    "changed": "fact {fact_id} is not as it was sealed",
    "missing": "fact {fact_id} was taken away",
    "added": "fact {fact_id} was put in and never sealed",
    "moved": "fact {fact_id} stands at another place",
    "unsealed": "fact {fact_id} and what follows was not sealed for an hour: it was led past",
    "rolled_back": "an older state was put back: behind this number {checkpoint} left the machine",
}
ENTRY: Final = "the seal itself was changed: its entry is not what was signed, fact {fact_id} is"
MARKED: Final = (
    "fact {fact_id} and its entry are not what was sealed here: its mark is another, and so is the"
    " root of {checkpoint}"
)
NUMBERED: Final = "the seal itself was changed: its entries are not numbered one by one"
UNMET: Final = "the seal itself was changed: up to number {until} it does not lead to {checkpoint}"
CUT_OFF: Final = "the seal itself was cut off: {checkpoint} covers more"
BENT: Final = {
    "unreadable": "says nothing that can be read",
    "unsigned": "is not signed by this log's key",
    "elsewhere": "was signed for another part or size",
    "unlinked": "does not follow the one before it, which is missing or another",
    "lost": "was signed and is not there",
    "partless": "was signed over checkpoints of facilities, one of which is missing or another",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("act", choices=["verify"], help="read the whole log, name what is wrong")
    parser.add_argument(
        "--against",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="checkpoints that left the machine: a file of them, or a mail; may be repeated",
    )
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Print the verdict; 0 only where everything is as it was sealed and signed.

    Raises:
        SystemExit: a file holds no checkpoint of this log.
    """
    join_running(options.data)
    from carestation.audit.queries.checkpoints import kept_note, published_keys  # noqa: PLC0415 - needs Django
    from carestation.audit.queries.verification import verify_log  # noqa: PLC0415 - as above
    from carestation.factlog.checkpoints import NotACheckpointError  # noqa: PLC0415 - as above

    try:
        verdict = verify_log([*_notes(options.against), *filter(None, [kept_note()])])
    except NotACheckpointError as error:
        raise SystemExit("A checkpoint to compare with is not signed by this log's key.") from error
    if options.json:
        told = asdict(verdict) | {"intact": verdict.finding is None, "keys": published_keys()}
        told["removed_before"] = verdict.removed_before and verdict.removed_before.isoformat()
        sys.stdout.write(json.dumps(told, default=str) + "\n")
    else:
        sys.stdout.write(f"{_said(verdict)}\n")
    return 0 if verdict.finding is None else 1


def _notes(files: list[Path]) -> list[str]:
    from carestation.factlog.checkpoints import notes_in  # noqa: PLC0415 - needs Django

    found: list[str] = []
    for file in files:
        notes = notes_in(file.read_text(encoding="utf-8"))
        if not notes:
            raise SystemExit(f"{file} holds no checkpoint.")
        found += notes
    return found


def _said(verdict: "Verdict") -> str:
    read = f"{verdict.facts} facts read, {verdict.checkpoints} signed roots met"
    if verdict.removed_before:
        day = f"{verdict.removed_before:%Y-%m-%d}"
        read += f"; {verdict.removed} of them, from before {day}, were removed by policy"
    if verdict.finding is None:
        return f"{read}: the log is as it was sealed"
    said = f"{read}: {_wrong(verdict.finding)}"
    if verdict.finding.bent is None:
        return said
    if verdict.rows is None:
        return f"{said}. The facts themselves are as they were sealed, and lead to every other root"
    return f"{said}. The facts are not as they were sealed either: {_wrong(verdict.rows)}"


def _wrong(finding: "Finding") -> str:
    if finding.bent:
        return f"WRONG: {_checkpoint(finding)} {BENT[finding.bent.value]}"
    words = WORDS.get(finding.wrong.value) or _seal(finding)
    about = {"fact_id": finding.fact_id, "until": finding.until}
    words = words.format(checkpoint=_checkpoint(finding), **about)
    return f"WRONG at number {finding.number}: {words}"


def _seal(finding: "Finding") -> str:
    if finding.fact_id is not None:
        return ENTRY if finding.size is None else MARKED
    if finding.size is None:
        return NUMBERED
    return CUT_OFF if finding.until is None else UNMET


def _checkpoint(finding: "Finding") -> str:
    tree_id = finding.tree_id
    of = f"facility {tree_id}" if tree_id and tree_id.int else "the whole log"
    return f"the checkpoint of {finding.size} facts of {of}"
