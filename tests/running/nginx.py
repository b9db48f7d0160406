"""nginx with the configuration that is shipped, in front of what a test puts behind it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.running.starts import PROJECT

NGINX: Final = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin") or ""
SHIPPED: Final = (PROJECT / "deploy/nginx/carestation.conf").read_text(encoding="utf-8")
MAIN: Final = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; {user}
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi; types {{ text/css css; }}
    include {folder}/carestation.conf;
}}
"""
needs_nginx = pytest.mark.skipif(
    not NGINX, reason="nginx is not installed (apt-get install nginx-light)"
)


def nginx_command(data: Path, text: str) -> list[str]:
    """Write the configuration, whose files lie under the data folder; return what starts nginx."""
    folder = data / "nginx"
    folder.mkdir(exist_ok=True)
    for there, here in (
        ("/var/lib/carestation/", f"{data}/"),
        ("/etc/carestation/tls/", f"{folder}/"),
        ("/var/log/nginx/carestation.log", f"{data}/logs/access.log"),
        ("/var/log/nginx/carestation-errors.log", f"{data}/logs/errors.log"),
    ):
        assert there in text or "ssl_certificate" not in text
        text = text.replace(there, here)
    (folder / "carestation.conf").write_text(text)
    # Its helpers must reach the folders of a test, which are root's.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    return [NGINX, "-p", f"{folder}/", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"]


def without_tls(port: int, web: Path, live: Path) -> str:
    """Return the shipped configuration with a port and the sockets of a test."""
    text = re.sub(r"^    (ssl_|listen \[).*\n", "", SHIPPED, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl http2", f"listen 127.0.0.1:{port}")
    text = re.sub(r"server 10\.42\.0\.\d:81\d\d", f"server unix:{web}", text)
    # Whoever asks for live here, or for downloads, finds neither.
    return re.sub(r"server 10\.42\.0\.\d:8[23]\d\d", f"server unix:{live}", text)


def is_refused(command: list[str]) -> str:
    """Return what nginx minds of its configuration, or nothing."""
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return tried.stderr if tried.returncode else ""
