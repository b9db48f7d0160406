"""A real pgbouncer before the tests' database, as a database's machine would run it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from config.privileges import hand_over, server_user, started_as
from tests.deploy.files import tool
from tests.live.nats_server import HOST, await_port
from tests.ports import free_port

CONFIGURATION: Final = """
[databases]
* = host={server}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/userlist.txt
pool_mode = {mode}
default_pool_size = 40
"""


@contextmanager
def pooler(database_url: str, mode: str) -> Iterator[str]:
    """Start one that pools by `session` or by `transaction`; give the address behind it."""
    parts, port = urlsplit(database_url), free_port()
    server = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    user = server_user(Path(server))
    folder = Path(tempfile.mkdtemp(prefix="cs-pooler-"))
    hand_over(folder, user)
    (folder / "userlist.txt").write_text(f'"{parts.username}" "{unquote(parts.password or "")}"\n')
    file = folder / "pgbouncer.ini"
    file.write_text(
        CONFIGURATION.format(server=server, host=HOST, port=port, folder=folder, mode=mode)
    )
    command = [*started_as(user), tool("pgbouncer"), "--quiet", str(file)]
    process = subprocess.Popen(command, env={"PATH": os.defpath})  # noqa: S603 - Debian's
    try:
        await_port(port, lambda: process.poll() is None)
        yield parts._replace(
            netloc=f"{parts.username}:{parts.password}@{HOST}:{port}", query=""
        ).geturl()
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)
