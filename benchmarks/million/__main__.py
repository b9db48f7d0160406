"""`make bench-million`: what a search costs among a million posts, and how fast the index follows.

`--data DIR` keeps what was made, and measures it again where it is there already.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from benchmarks.figures import table_of, write_down
from benchmarks.million.asking import measure
from benchmarks.million.filling import Filled, fill
from tests.running.starts import Started, started


def main() -> int:
    """Fill, measure, and write down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000, help="how many posts (1000000)")
    parser.add_argument("--data", type=Path, help="folder that is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cs-million-") as folder:
        data = (options.data or Path(folder) / "data").absolute()
        with started(data) as one:
            filled = _filled(one, options.posts)
            figures = measure(data, str(one.said["database_url"]), filled)
    sys.stdout.write(table_of("million", figures))
    write_down("million", figures)
    return 0


def _filled(one: Started, posts: int) -> Filled:
    note = one.data / "filled.json"
    if note.exists():
        told = json.loads(note.read_text())
        return Filled(**{name: UUID(value) for name, value in told.items()})
    filled = fill(one.data, str(one.said["database_url"]), posts)
    note.write_text(json.dumps(asdict(filled), default=str))
    return filled


if __name__ == "__main__":
    sys.exit(main())
