"""A facility's copy of 100,000 posts and 2,000 files: `python -m benchmarks.exporting`.

The worker that makes it is killed on the way; the next one makes it whole. Time, memory and room of
making, fetching and reading are measured, each in a process of its own. It ends with 1 where a word
lies in the clear, something of the killed one is left, or the reader finds anything amiss.
"""

import argparse
import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

from benchmarks.figures import Figures, table_of, write_down
from config.running import pids
from tests.running.starts import COMMAND, PROJECT, started, surroundings

PHRASE: Final = "kagami-no-numa-ni-utsuru-tsuki-7"
GROUPS, MEMBERS = 10, 4
FILES_A_POST: Final = 4
PICTURE: Final = (420, 300)
WORDS: Final = "遠くの島に灯台が立っています"
KILLED_AFTER_SECONDS: Final = 4.0
MEGABYTE: Final = 1 << 20
SETTLED: Final = 0.05


def main() -> int:
    """Fill a CareStation, let its facility be written out, and read what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--act", choices=ACTS, help=argparse.SUPPRESS)
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.act:
        print(json.dumps(ACTS[options.act](*options.words)))
        return 0
    with tempfile.TemporaryDirectory(prefix="cs-exporting-") as folder:
        figures = _tried(Path(folder), options.posts, options.files)
    print(table_of("exporting", figures))
    write_down("exporting", figures)
    return 1 if figures["clear_words"] or figures["left_of_the_killed_mb"] else 0


def _tried(folder: Path, posts: int, files: int) -> Figures:
    with started(folder / "data", "--restart", "--web=1") as one:
        load = [f"--groups={GROUPS}", f"--members={MEMBERS}", f"--history={posts // GROUPS}"]
        subprocess.run(  # noqa: S603 - ours
            [*COMMAND, "load-seed", *load, f"--json={folder}/seed.json", f"--data={one.data}"],
            env=surroundings(),
            cwd=PROJECT,
            check=True,
        )
        asked = _acted("ask", one.data, files)
        worker = pids(one.data / "run")["worker"]
        assert isinstance(worker, int)  # noqa: S101 - it runs
        time.sleep(KILLED_AFTER_SECONDS)
        os.kill(worker, signal.SIGKILL)
        killed = {"written_when_killed_mb": _unfinished(one.data)}
        clear = _clear_words(one.data / "files")
        made = _acted("make", one.data, asked["export_id"])
        left = {"left_of_the_killed_mb": _unfinished(one.data)}
        clear += _clear_words(one.data / "files")
        fetched = _acted("fetch", one.data, asked["export_id"], folder / "copy.zip")
        read = _acted("read", folder / "copy.zip")
    more: Figures = {"clear_words": float(clear)}
    told = {name: float(value) for name, value in (made | fetched | read).items()}
    return {"posts": float(posts), "files": float(files)} | killed | left | told | more


def _acted(act: str, *words: object) -> dict[str, str]:
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "benchmarks.exporting", f"--act={act}", *map(str, words)],
        env=surroundings(),
        cwd=PROJECT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return told


def _joined(data: str) -> None:
    from carestation.kernel.acting import Work, work_as  # noqa: PLC0415 - needs the apps
    from config.joining import join_running  # noqa: PLC0415 - as above

    join_running(Path(data))
    work_as(Work.CONTENT)


def ask(data: str, files: str) -> dict[str, str]:
    """Hand pictures in, let someone manage the facility, and let them ask for a copy."""
    _joined(data)
    from benchmarks.exporting_scene import asked_export  # noqa: PLC0415 - needs the apps

    return {"export_id": str(asked_export(int(files), FILES_A_POST, PICTURE, WORDS))}


def make(data: str, export_id: str) -> dict[str, float]:
    """Make a copy, as the worker does; say how long it took and how much memory."""
    _joined(data)
    from carestation.exports.commands.making import make_export  # noqa: PLC0415 - needs the apps
    from carestation.exports.models import Export  # noqa: PLC0415 - as above

    before, began = _memory(), time.monotonic()
    # The database hears a moment later that the one that held it was killed.
    while Export.objects.running().filter(pk=export_id).exists():
        make_export(UUID(export_id))
        time.sleep(SETTLED)
    return {
        "make_seconds": time.monotonic() - began,
        "make_memory_before_mb": before,
        "make_memory_mb": _memory(),
    }


def fetch(data: str, export_id: str, path: str) -> dict[str, float]:
    """Write a copy to a file, as who fetches it gets it."""
    _joined(data)
    from carestation.exports.models import Export  # noqa: PLC0415 - needs the apps
    from carestation.exports.queries.exports import export_place  # noqa: PLC0415 - as above
    from carestation.vault.files import SealedStream, unseal_file  # noqa: PLC0415 - as above
    from carestation.vault.scopes import open_scope  # noqa: PLC0415 - as above

    row, began = Export.objects.get(pk=export_id), time.monotonic()
    key = open_scope(row.facility_id, None).unseal_bytes(
        row.key_sealed or b"", export_place(row.pk, "key")
    )
    sealed = SealedStream(file_id=row.pk, size_bytes=row.size_bytes or 0, key=key)
    with Path(path).open("wb") as file:
        file.writelines(unseal_file(sealed))
    return {"archive_mb": sealed.size_bytes / MEGABYTE, "fetch_seconds": time.monotonic() - began}


def read(path: str) -> dict[str, float]:
    """Open a copy offline, show a page of it, and check all of it."""
    from carestation.exports.reader.archive import Archive  # noqa: PLC0415 - measured alone
    from carestation.exports.reader.program import check  # noqa: PLC0415 - as above

    before, began = _memory(), time.monotonic()
    archive = Archive(Path(path), PHRASE)
    archive.whole("index.html")
    opened = time.monotonic()
    page = next(name for name in archive.names() if name.endswith("-professional.html"))
    archive.whole(page)
    shown = time.monotonic()
    check(archive)
    return {
        "open_seconds": opened - began,
        "page_seconds": shown - opened,
        "check_seconds": time.monotonic() - shown,
        "unpacked_mb": archive.size_bytes / MEGABYTE,
        "members": len(archive.names()),
        "read_memory_before_mb": before,
        "read_memory_mb": _memory(),
    }


ACTS: Final[dict[str, Callable[..., dict[str, str] | dict[str, float]]]] = {
    "ask": ask,
    "make": make,
    "fetch": fetch,
    "read": read,
}


def _memory() -> float:
    # The peak of this program alone: `getrusage` counts that of who started it, too.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _unfinished(data: Path) -> float:
    found = [path.stat().st_size for path in (data / "files").rglob("*.new")]
    return sum(found) / MEGABYTE


def _clear_words(folder: Path) -> int:
    words = (WORDS.encode(), b"index.html", b"MANIFEST")
    return sum(_holds(path, words) for path in folder.rglob("*") if path.is_file())


def _holds(path: Path, words: tuple[bytes, ...]) -> bool:
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return any(data.find(word) >= 0 for word in words)


if __name__ == "__main__":
    sys.exit(main())
