"""A Debian of its own, booted in namespaces: what it runs is started by its systemd alone."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from benchmarks.faults.pieces import await_that

RELEASE: Final = "bookworm"
# What the manual wants of a machine, and a database for it.
PACKAGES: Final = (
    "systemd", "systemd-sysv", "dbus", "python3", "python3-venv", "util-linux", "tar", "iproute2",
    "ca-certificates", "curl", "openssl", "tzdata", "postgresql",
)  # fmt: skip
PLAIN: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def lay_debian(root: Path) -> None:
    """Lay a Debian with these packages into a folder; takes some minutes, and needs its mirror."""
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}"]
    subprocess.run([*command, RELEASE, str(root)], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - Debian's


class Machine:
    """One that runs; commands are given to it as its root."""

    def __init__(self, root: Path, nspawn: "subprocess.Popen[bytes]") -> None:
        """Take where its files lie, and who booted it."""
        self.root = root
        self._nspawn = nspawn

    def run(self, script: str, *, at: str = "/", told: str = "") -> str:
        """Run a script in it and return what it says.

        Raises:
            SystemExit: it failed; what it said is shown.
        """
        ended = self._asked(script, at, told)
        if ended.returncode:
            raise SystemExit(f"{script}\n{ended.stdout}{ended.stderr}")
        return ended.stdout.strip()

    def holds(self, script: str) -> bool:
        """Return whether a script ends well."""
        return self._asked(script, "/", "").returncode == 0

    def await_systemd(self) -> None:
        """Wait until all has been started that starts with it."""
        await_that("it is booted", lambda: self.holds("systemctl is-system-running --wait"))

    def end(self) -> None:
        """Let it end what it runs, and go."""
        self._asked("systemctl poweroff", "/", "")
        try:
            self._nspawn.wait(120)
        except subprocess.TimeoutExpired:
            self._nspawn.kill()
            self._nspawn.wait()

    def _first(self) -> int:
        children = psutil.Process(self._nspawn.pid).children()
        return children[0].pid if children else 0

    def _asked(self, script: str, at: str, told: str) -> "subprocess.CompletedProcess[str]":
        inside = ["nsenter", f"--target={self._first()}", "--mount", "--uts", "--ipc", "--pid"]
        shell = ["sh", "-e", "-c", f"cd {at}\n{script}"]
        return subprocess.run(  # noqa: S603 - the system's
            [*inside, *shell], env=PLAIN, input=told, capture_output=True, text=True, check=False
        )


@contextmanager
def booted(root: Path) -> Iterator[Machine]:
    """Boot what lies in a folder, on the network of who asks; it has ended with the block."""
    options = ["--quiet", "--boot", "--register=no", "--keep-unit", "--link-journal=no"]
    alone = ["--console=pipe", "--resolv-conf=off", "--timezone=off", f"--directory={root}"]
    alone.append("--capability=CAP_NET_ADMIN")
    nspawn = subprocess.Popen(  # noqa: S603 - the system's
        ["/usr/bin/systemd-nspawn", *options, *alone],
        env=PLAIN,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    machine = Machine(root, nspawn)
    try:
        machine.await_systemd()
        yield machine
    finally:
        machine.end()
