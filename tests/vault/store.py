"""A real S3-compatible store for the tests: SeaweedFS, on loopback, in a folder of its own."""

import json
import signal
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import quote

from carestation.vault.buckets import BucketBlobs
from carestation.vault.storing import StoreAwayError
from tests.live.nats_server import HOST, make_certificate
from tests.ports import free_port

KEY: Final = "carestation"
SECRET: Final = "secret/of+the store"
BUCKET: Final = "files"
START_SECONDS: Final = 60


class Store:
    """One that runs; it may be paused, and looked into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = folder / "authority.pem"
        names = ("s3", "https", "master", "volume", "filer")
        self._ports = dict(zip(names, (free_port() for _ in names), strict=True))
        make_certificate(folder)
        actions = ["Admin", "Read", "Write", "List"]
        shown = [{"accessKey": KEY, "secretKey": SECRET}]
        known = {"identities": [{"name": "files", "credentials": shown, "actions": actions}]}
        (folder / "s3.json").write_text(json.dumps(known))
        (folder / "data").mkdir()
        self._command = self._words()
        self.start()
        self._await(self._make_bucket)
        self._await(BucketBlobs(self.url()).prepare)

    def start(self) -> None:
        """Start it, with what lies in its folder."""
        with (self.folder / "store.log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)  # noqa: S603 - ours

    @property
    def port(self) -> int:
        """Where it is spoken to without TLS."""
        return self._ports["s3"]

    def url(self, secret: str = SECRET, *, is_tls: bool = False, port: int = 0) -> str:
        """Return BLOB_URL of it; `port`: where it is reached without TLS, if not where it is."""
        scheme, own = ("s3", self._ports["https"]) if is_tls else ("s3+http", port or self.port)
        place = f"{HOST}:{own}/{BUCKET}/care"
        return f"{scheme}://{KEY}:{quote(secret, safe='')}@{place}"

    def everything_kept(self) -> bytes:
        """Return all that lies on the store's disk, whatever it is to it."""
        paths = sorted((self.folder / "data").rglob("*"))
        return b"\n".join(path.read_bytes() for path in paths if path.is_file())

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=20)

    def end(self) -> None:
        self.go_on()
        self.kill()

    def _words(self) -> list[str]:
        ports = {f"{name}.port": port for name, port in self._ports.items() if name != "https"}
        grpc = {f"{name}.port.grpc": free_port() for name in ("s3", "master", "volume", "filer")}
        options = ports | grpc | {
            "dir": self.folder / "data",
            "ip": HOST,
            "ip.bind": HOST,
            "s3": "true",
            "s3.config": self.folder / "s3.json",
            "s3.port.https": self._ports["https"],
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.cert.file": self.folder / "own.pem",
            "s3.key.file": self.folder / "own.key",
            "s3.localSocket": self.folder / "s3.sock",
            "filer.localSocket": self.folder / "filer.sock",
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.max": 8,
        }  # fmt: skip
        program = Path(sysconfig.get_path("scripts")) / "weed"
        return [str(program), "server", *(f"-{name}={value}" for name, value in options.items())]

    def _await(self, what: Callable[[], None]) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            try:
                return what()
            except (OSError, HTTPException, StoreAwayError):
                threading.Event().wait(0.1)
        raise TimeoutError((self.folder / "store.log").read_text()[-2000:])

    def _make_bucket(self) -> None:
        # Its own way to make one: a folder of this name.
        filer = HTTPConnection(HOST, self._ports["filer"], timeout=5)
        filer.request("POST", f"/buckets/{BUCKET}/")
        status = filer.getresponse().status
        filer.close()
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise ConnectionError(status)


@contextmanager
def store(folder: Path) -> Iterator[Store]:
    """Start one; it ends with the block."""
    one = Store(folder)
    try:
        yield one
    finally:
        one.end()
