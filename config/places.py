"""Where a machine's own things lie: all under one data folder, closed to others."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A socket's address holds 107 bytes; the longest name that is put into the folder has 29.
LONGEST_RUN_FOLDER: Final = 107 - 29


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders under the data folder."""

    data: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "postgres"

    @property
    def secrets(self) -> Path:
        """Passwords that this machine made for itself."""
        return self.data / "secrets"

    @property
    def logs(self) -> Path:
        """One log per piece."""
        return self.data / "logs"

    @property
    def static(self) -> Path:
        """Collected static files with hashed names."""
        return self.data / "static"

    @property
    def caddy(self) -> Path:
        """Caddy's configuration and its own certificates."""
        return self.data / "caddy"

    @property
    def own_root(self) -> Path:
        """The certificate of caddy's own authority, where it is one."""
        return self.caddy / "pki" / "authorities" / "local" / "root.crt"

    @property
    def lock(self) -> Path:
        """Held by the one that runs here."""
        return self.data / "up.lock"

    @property
    def run(self) -> Path:
        """Sockets and process ids; a short folder elsewhere where the data lie too deep."""
        near = self.data / "run"
        if len(os.fsencode(near)) <= LONGEST_RUN_FOLDER:
            return near
        mark = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"carestation-{os.geteuid()}-{mark}"

    def leaving(self, piece: str) -> Path:
        """Return the mark that lies there while a piece is about to go."""
        return self.run / f"{piece}.leaving"

    def serving(self, piece: str) -> Path:
        """Return the folder out of which a web process's server says that it serves."""
        return self.run / f"{piece}.serving"

    @property
    def counters(self) -> Path:
        """What the processes that run count together; begun anew with each start."""
        return self.run / "metrics"

    def make(self) -> None:
        """Make the folders that are missing.

        Raises:
            SystemExit: one of them cannot be made or belongs to someone else.
        """
        for folder in (self.data, self.secrets, self.logs, self.caddy, self.run, self.counters):
            make_private(folder)
        if self.run.lstat().st_uid != os.geteuid() and self.run.parent != self.data:
            raise SystemExit(f"{self.run} belongs to another user: remove it, or end who uses it.")


def make_private(folder: Path) -> None:
    """Make a folder that only its owner can enter; one with something in it stays as it is.

    Raises:
        SystemExit: it cannot be made, or it belongs to someone else.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.lstat().st_uid
        if owner == os.geteuid() and not any(folder.iterdir()):
            folder.chmod(0o700)
    except OSError as error:
        raise SystemExit(f"{folder} cannot be made or read: {error.strerror}.") from error
    if os.geteuid() not in {owner, 0} or (folder.is_symlink() and owner != os.geteuid()):
        raise SystemExit(f"{folder} belongs to another user: give another folder with --data.")
