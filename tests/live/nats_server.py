"""A real bus between nodes for the tests: nats-server, with TLS and users, on loopback."""

import signal
import socket
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 20
PASSWORD: Final = "password-of-the-bus"
# What the documentation tells an operator to write; `deaf` and `mute` are for the tests.
CONFIGURATION: Final = """
listen: "127.0.0.1:{port}"
tls {{ cert_file: "{folder}/own.pem", key_file: "{folder}/own.key", handshake_first: true }}
authorization {{ users: [
  {{ user: carestation, password: "{password}",
     permissions: {{ publish: "carestation.>", subscribe: "carestation.>" }} }}
  {{ user: deaf, password: "{password}",
     permissions: {{ publish: "carestation.>", subscribe: {{ deny: ">" }} }} }}
  {{ user: mute, password: "{password}",
     permissions: {{ publish: {{ deny: ">" }}, subscribe: "carestation.>" }} }}
] }}
"""
# Between servers, as the documentation tells it; what one hears of others it tells nobody, for an
# address of a test may lead over a line that is cut.
BETWEEN: Final = """
cluster {{ name: carestation, listen: "127.0.0.1:{port}", no_advertise: true, routes: [{routes}]
  authorization {{ user: server, password: "{password}" }}
  tls {{ cert_file: "{folder}/own.pem", key_file: "{folder}/own.key",
    ca_file: "{folder}/authority.pem", verify: true }} }}
"""


class NatsServer:
    """One that runs, and may be stopped, paused and started again."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        is_tls: bool = True,
        name: str = "bus",
        between: str = "",
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.authority = folder / "authority.pem"
        self._configuration = folder / f"{name}.conf"
        self._process: subprocess.Popen[bytes] | None = None
        if not self.authority.exists():
            make_certificate(folder)
        words = CONFIGURATION.format(port=self.port, folder=folder, password=PASSWORD) + between
        if not is_tls:
            words = "\n".join(line for line in words.splitlines() if not line.startswith("tls"))
        self._configuration.write_text(words)

    @property
    def url(self) -> str:
        return self.url_for("carestation")

    def url_for(self, user: str, password: str = PASSWORD, scheme: str = "tls") -> str:
        return f"{scheme}://{user}:{password}@{HOST}:{self.port}"

    def start(self) -> None:
        program = Path(sysconfig.get_path("scripts")) / "nats-server"
        with self._configuration.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - ours
                [str(program), "-c", str(self._configuration)], stdout=log, stderr=log
            )
        await_port(self.port, lambda: self._running.poll() is None)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        self._running.send_signal(signal.SIGCONT)
        self._running.send_signal(number)
        self._running.wait(timeout=20)

    def pause(self) -> None:
        self._running.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._running.send_signal(signal.SIGCONT)

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process


@contextmanager
def nats_server(folder: Path, *, is_tls: bool = True) -> Iterator[NatsServer]:
    """Start one; it ends with the block."""
    server = NatsServer(folder, is_tls=is_tls)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def nats_cluster(folder: Path, ports: list[int], ways: dict[int, list[int]]) -> list[NatsServer]:
    """Return servers that speak to each other on these ports; `ways`: where each finds the others.

    They have one certificate and are not started yet.
    """
    shown = f"server:{PASSWORD}"
    return [
        NatsServer(
            folder,
            name=f"bus-{port}",
            between=BETWEEN.format(
                port=port,
                folder=folder,
                password=PASSWORD,
                routes=", ".join(f'"nats-route://{shown}@{HOST}:{way}"' for way in ways[port]),
            ),
        )
        for port in ports
    ]


def make_certificate(folder: Path) -> None:
    """Make a certificate for this machine, and the authority that signed it."""
    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    hosts = [x509.DNSName(name) for name in ("localhost", "*.care.example")]
    names = [*hosts, x509.IPAddress(ip_address(HOST))]
    signed = {
        "authority.pem": _certificate("authority", authority)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority, hashes.SHA256()),
        "own.pem": _certificate("own", own)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority, hashes.SHA256()),
    }
    for name, certificate in signed.items():
        (folder / name).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = own.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "own.key").touch(mode=0o600)
    (folder / "own.key").write_bytes(plain)


def _certificate(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.fromtimestamp(time.time(), UTC)
    return x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")]),
        subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(hours=1),
        not_valid_after=now + timedelta(days=2),
    )


def await_port(port: int, alive: Callable[[], bool]) -> None:
    """Wait until something listens there."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert alive(), "it ended instead"
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            threading.Event().wait(0.02)
        else:
            return
    raise TimeoutError("nobody listens")
