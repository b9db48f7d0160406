"""A facility's record as evidence: what is taken away to be verified without us.

`facts.jsonl` with `checkpoints.txt` and `key.txt` is what `verify.py` reads. Times are Japan's.

Controls: ISO/IEC 27017 8.15; white paper 「記録の保護」.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from carestation.audit import verifier
from carestation.audit.queries.checkpoints import published_keys
from carestation.audit.queries.extracts import json_line
from carestation.audit.queries.proofs import notes_of, proof_of


def evidence_of(facility_id: UUID) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the files of a facility's evidence, as far as it is signed, each by its name."""
    yield "facts.jsonl", (json_line(line) for line in proof_of(facility_id))
    yield "checkpoints.txt", (f"{note}\n".encode() for note in notes_of(facility_id))
    yield "key.txt", ["\n".join(published_keys()[-1:]).encode()]
    yield "verify.py", [Path(verifier.__file__).read_bytes()]
