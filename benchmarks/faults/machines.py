"""What a machine can lack: room on its disk, and the right time."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

# Debian's package libfaketime: what a process asks of the clock goes through it.
FAKETIME: Final = "faketime/libfaketime.so.1"
LIBRARIES: Final = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
)
STEP_BYTES: Final = 1_048_576


class Disk:
    """A small disk of its own under a folder; only root can have one."""

    def __init__(self, folder: Path, *, size_bytes: int) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self._filler = folder / "filler"
        asked = ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={size_bytes},mode=0700", "tmpfs"]
        done = subprocess.run([*asked, str(folder)], capture_output=True, check=False)  # noqa: S603 - ours
        self.is_there = done.returncode == 0

    def fill(self) -> None:
        """Leave no room."""
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(STEP_BYTES))
        with self._filler.open("ab", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(1))

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)

    def end(self) -> None:
        """Take the disk away."""
        if self.is_there:
            subprocess.run(["/usr/bin/umount", "--lazy", str(self._folder)], check=False)  # noqa: S603 - ours


class Network:
    """What one port says and hears: it can vanish as a machine does whose power went."""

    def __init__(self, port: int) -> None:
        self._table = f"carestation_faults_{port}"
        self._port = port

    @property
    def is_there(self) -> bool:
        """Whether we may make packets fall away; only root may, with nftables."""
        is_done = _nft(f"table inet {self._table}")
        self.mend()
        return is_done

    def cut(self) -> None:
        """Let everything to it and from it fall away: nobody is told."""
        rules = f"tcp dport {self._port} drop; tcp sport {self._port} drop;"
        chain = f"chain lost {{ type filter hook input priority 0; {rules} }}"
        _nft(f"table inet {self._table} {{ {chain} }}")

    def mend(self) -> None:
        """Let it be heard again."""
        _nft(f"delete table inet {self._table}")


class Clock:
    """The clock of some processes, apart from the machine's."""

    def __init__(self, file: Path) -> None:
        self._file = file
        found = (Path(folder) / FAKETIME for folder in LIBRARIES)
        self._library = next((one for one in found if one.exists()), None)
        self.show(0)

    @property
    def is_there(self) -> bool:
        """Whether a clock can be moved on this machine."""
        return self._library is not None

    @property
    def variables(self) -> dict[str, str]:
        """What a process must know to go by it; what counts how long something takes stays."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def show(self, seconds_off: int) -> None:
        """Let it be so far off."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds_off:+d}\n")
        fresh.replace(self._file)


def _nft(rules: str) -> bool:
    nft = shutil.which("nft") or "/usr/sbin/nft"
    try:
        done = subprocess.run(  # noqa: S603 - ours
            [nft, "-f", "-"], input=rules.encode(), capture_output=True, check=False
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0
