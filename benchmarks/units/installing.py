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
INNER: Final = f"""[Unit]
After=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sleep {LATE_SECONDS}
ExecStart=/sbin/ip address replace {ADDRESS}/32 dev lo
[Install]
WantedBy=multi-user.target
"""


def install(machine: Machine, bundle: Path) -> None:
    """Unpack and install a bundle, make database and certificate, fill the files in."""
    shutil.copy(bundle, machine.root / "root")
    machine.run(f"tar -xzf {bundle.name} && cd {bundle.name[:-7]} && ./install", at="/root")
    machine.run(block("run-on-two-nodes", "install -D -m 0644"), at=HOME)
    (machine.root / "etc/systemd/system/wg-quick@wg0.service").write_text(INNER)
    machine.run("systemctl daemon-reload && systemctl enable --now wg-quick@wg0")
    password = secrets.token_hex(16)
    roles = block("outside-database", "CREATE ROLE") + block("outside-database", "ALTER ROLE")
    machine.run("su postgres -c 'psql -v ON_ERROR_STOP=1'", told=roles.replace("…", password))
    machine.run("mkdir /etc/carestation/tls")
    machine.run(CERTIFICATE, at="/etc/carestation/tls")
    _fill_in(machine.root / "etc" / "carestation", password)


def block(page: str, beginning: str) -> str:
    """Return the block of commands of a page of the manual that begins so."""
    text = (MANUAL / f"{page}.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(?:sh|sql)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (one,) = [each for each in found if each.startswith(beginning)]
    return str(one)


def _fill_in(folder: Path, password: str) -> None:
    # One node with one database, which is its own machine; bus and files as they are without.
    for file in ("environment", "owner"):
        text = (folder / file).read_text()
        text = text.replace("10.42.0.11,10.42.0.12&port=5432,5432", "127.0.0.1")
        text = re.sub(r"^(BUS_URL|BLOB_URL)=.*\n", "", text, flags=re.MULTILINE)
        text = text.replace("SECRET_KEY=", f"SECRET_KEY={secrets.token_hex(32)}")
        text = text.replace(f"PROXIES={ADDRESS} 10.42.0.2", f"PROXIES={ADDRESS}")
        (folder / file).write_text(text.replace("PASSWORD", password))
    nodes = (folder / "proxy.toml").read_text()
    (folder / "proxy.toml").write_text(re.sub(r',?\s*"10\.42\.0\.2:\d+"', "", nodes))
