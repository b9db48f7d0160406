"""Which user PostgreSQL runs as: it refuses root, and must reach its files all the same."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CANDIDATES: Final = ("carestation", "postgres", "nobody")
# Where programs are copied to when the server's user cannot reach them (a checkout under /root).
SHARED: Final = Path("/var/cache/carestation")
# Either lets the server pass folders that are closed to it, to its own data; the first is only for
# reading. Containers often have the second alone.
CAPABILITIES: Final = {"dac_read_search": 2, "dac_override": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUser:
    """The user that root starts the server as."""

    uid: int
    gid: int


def server_user(folder: Path) -> ServerUser | None:
    """Return who owns the server's folder or shall own it; None: oneself, since not root.

    Raises:
        SystemExit: there is nobody it could run as.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.stat().st_uid != 0:
        return ServerUser(uid=folder.stat().st_uid, gid=folder.stat().st_gid)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in CANDIDATES:
        if name in known and known[name].pw_uid != 0:
            return ServerUser(uid=known[name].pw_uid, gid=known[name].pw_gid)
    raise SystemExit(
        "PostgreSQL does not run as root, and there is no other user: run: useradd carestation"
    )


def started_as(user: ServerUser | None) -> list[str]:
    """Return what stands before a command that runs as that user and ends with its parent.

    Raises:
        SystemExit: root may not hand on the right to reach the files.
    """
    setpriv = shutil.which("setpriv") or "/usr/bin/setpriv"
    if user is None:
        return [setpriv, "--pdeathsig=INT", "--"]
    capability = f"+{_capability()}"
    return [
        setpriv,
        f"--reuid={user.uid}",
        f"--regid={user.gid}",
        "--clear-groups",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
        "--pdeathsig=INT",
        "--",
    ]


def hand_over(folder: Path, user: ServerUser | None) -> None:
    """Let the folder belong to that user."""
    if user is not None:
        os.chown(folder, user.uid, user.gid)


def is_reachable(program: Path, user: ServerUser | None) -> bool:
    """Return whether that user may run a program without any capability.

    PostgreSQL asks `access()` for its own programs, which no capability helps to pass.
    """
    if user is None:
        return True
    asked = ["/usr/bin/test", "-x", str(program)]
    plain = ["/usr/bin/setpriv", f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups"]
    return subprocess.run([*plain, "--", *asked], check=False).returncode == 0  # noqa: S603 - ours


def copied(folder: Path, parts: tuple[str, ...], name: str) -> Path:
    """Return a folder of root's with a copy of these parts, which everyone can reach."""
    copy = SHARED / name
    if copy.exists():
        return copy
    SHARED.mkdir(parents=True, exist_ok=True)
    SHARED.chmod(0o755)
    fresh = Path(tempfile.mkdtemp(dir=SHARED, prefix="new-"))
    for part in parts:
        shutil.copytree(folder / part, fresh / part, ignore=shutil.ignore_patterns("include"))
    for path in (fresh, *fresh.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        fresh.rename(copy)
    except OSError:  # another start was quicker
        shutil.rmtree(fresh, ignore_errors=True)
    return copy


def _capability() -> str:
    status = Path("/proc/self/status").read_text()
    held = next(int(line.split()[1], 16) for line in status.splitlines() if "CapPrm" in line)
    for name, number in CAPABILITIES.items():
        if held >> number & 1:
            return name
    raise SystemExit(
        "PostgreSQL does not run as root, and this root may not start it as another user: "
        "run as an ordinary user, or set DATABASE_URL."
    )
