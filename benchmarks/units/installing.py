"""CareStation installed as `docs/how-to/` says: the blocks of its pages are what is run."""

import re
import secrets
import shutil
from pathlib import Path
from typing import Final

from benchmarks.units.machine import Machine
from tests.running.starts import PROJECT

MANUAL: Final = PROJECT / "docs" / "how-to"
HOME: Final = "/opt/carestation/current"
NAME: Final = "care.example.jp"
ADDRESS: Final = "10.42.0.1"
LATE_SECONDS: Final = 15
CERTIFICATE: Final = f"""
openssl req -x509 -nodes -days 2 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN={NAME} \\
  -addext subjectAltName=DNS:{NAME} -keyout key.pem -out fullchain.pem
chown carestation-proxy key.pem
cp fullchain.pem /usr/local/share/ca-certificates/care.crt && update-ca-certificates
echo {ADDRESS} {NAME} >>/etc/hosts
"""


# In the place of WireGuard, of which a kernel in namespaces has none: an address that comes late.
INNER: Final = """[Unit]
After=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sleep {seconds}
ExecStart=/sbin/ip address replace {address}/32 dev lo
[Install]
WantedBy=multi-user.target
"""


def install(machine: Machine, bundle: Path) -> None:
    """Make a node that stands alone: bus and files as they are without, its database beside it."""
    install_first(machine, bundle)
    fill_in(machine, {"BUS_URL": "", "BLOB_URL": ""})
    _take_second_out(machine.root / "etc" / "carestation")


def install_first(machine: Machine, bundle: Path) -> None:
    """Unpack and install a bundle, make database and certificate, lay the files to be filled in."""
    unpack(machine, bundle)
    machine.run(block("run-on-two-nodes", "install -D -m 0600"), at=HOME)
    lay_inner(machine, ADDRESS, LATE_SECONDS)
    machine.run("mkdir /etc/carestation/tls")
    machine.run(CERTIFICATE, at="/etc/carestation/tls")


def unpack(machine: Machine, bundle: Path) -> None:
    """Unpack and install a bundle, with its users and its units."""
    shutil.copy(bundle, machine.root / "root")
    machine.run(f"tar -xzf {bundle.name} && cd {bundle.name[:-7]} && ./install", at="/root")
    machine.run(block("run-on-two-nodes", "install -D -m 0644"), at=HOME)


def lay_inner(machine: Machine, address: str, seconds: int) -> None:
    """Give it an address in the inner network, which comes so late at each boot."""
    unit = machine.root / "etc/systemd/system/wg-quick@wg0.service"
    unit.write_text(INNER.format(address=address, seconds=seconds))
    machine.run("systemctl daemon-reload && systemctl enable --now wg-quick@wg0")


def block(page: str, beginning: str) -> str:
    """Return the block of commands of a page of the manual that begins so."""
    text = (MANUAL / f"{page}.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(?:sh|sql)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (one,) = [each for each in found if each.startswith(beginning)]
    return str(one)


def fill_in(machine: Machine, known: dict[str, str]) -> None:
    """Make roles and database, and fill the files in; `known`: variables, empty where not set."""
    password = secrets.token_hex(16)
    roles = block("outside-database", "CREATE ROLE") + block("outside-database", "ALTER ROLE")
    machine.run("su postgres -c 'psql -v ON_ERROR_STOP=1'", told=roles.replace("…", password))
    folder = machine.root / "etc" / "carestation"
    for file in ("environment", "owner"):
        text = (folder / file).read_text()
        text = text.replace("10.42.0.11,10.42.0.12&port=5432,5432", "127.0.0.1")
        text = text.replace("SECRET_KEY=", f"SECRET_KEY={secrets.token_hex(32)}")
        for name in known:
            text = re.sub(rf"^{name}=.*\n", "", text, flags=re.MULTILINE)
        text = text.replace("PASSWORD", password)
        if file == "environment":
            text += "".join(f"{name}={value}\n" for name, value in known.items() if value)
        (folder / file).write_text(text)


def _take_second_out(folder: Path) -> None:
    # One node alone.
    for file in ("environment", "proxy.toml"):
        text = re.sub(r',?\s*"10\.42\.0\.2:\d+"', "", (folder / file).read_text())
        (folder / file).write_text(
            text.replace(f"PROXIES={ADDRESS} 10.42.0.2", f"PROXIES={ADDRESS}")
        )
