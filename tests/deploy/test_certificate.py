"""caddy and nginx take the shipped file as it stands, with a certificate from elsewhere."""

import subprocess
from pathlib import Path

from config.nodes import site_of
from config.places import Places
from config.ports import take_port
from config.proxy import caddy_command, caddy_surroundings, write_caddy_configuration
from tests.deploy.files import needs, text_of, tool
from tests.running.nginx import SHIPPED, is_refused, needs_nginx, nginx_command


def a_certificate(folder: Path) -> None:
    """Lay a certificate and its key where the shipped file says that they are."""
    key, chain = f"{folder}/key.pem", f"{folder}/fullchain.pem"
    subject = ["-nodes", "-days", "1", "-subj", "/CN=care.example.jp"]
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *subject]
    command = [tool("openssl"), *made, "-keyout", key, "-out", chain]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the system's


def validated(places: Places) -> "subprocess.CompletedProcess[str]":
    """Let caddy look at its configuration, certificates too, without serving it."""
    caddy, *_ = caddy_command(places)
    command = [caddy, "validate", "--config", f"{places.caddy}/caddy.json"]
    return subprocess.run(  # noqa: S603 - caddy
        command, env=caddy_surroundings(places), capture_output=True, text=True, check=False
    )


@needs("openssl", "openssl")
def test_caddy_takes_the_shipped_file_and_wants_its_certificate(tmp_path: Path) -> None:
    places = Places(data=tmp_path)
    places.make()
    shipped = tmp_path / "proxy.toml"
    shipped.write_text(text_of("proxy.toml").replace("/etc/carestation/tls", str(tmp_path)))
    write_caddy_configuration(places, site_of(shipped))

    without = validated(places)
    a_certificate(tmp_path)
    found = validated(places)

    assert without.returncode != 0
    assert "fullchain.pem" in without.stderr
    assert found.returncode == 0, found.stderr


@needs_nginx
@needs("openssl", "openssl")
def test_nginx_takes_the_shipped_file(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    command = nginx_command(
        tmp_path,
        SHIPPED.replace(":443", f":{take_port(0)}").replace("listen 443", f"listen {take_port(0)}"),
    )

    without = is_refused(command)
    a_certificate(tmp_path / "nginx")

    assert "fullchain.pem" in without
    assert is_refused(command) == ""
