"""The file that tells a proxy of its nodes (deploy/proxy.toml)."""

import tomllib
from pathlib import Path
from typing import Any, Final

from config.proxy import Site

KNOWN: Final = {"names", "port", "listen", "certificate", "key", "web", "live", "downloads"}
WANTED: Final = {"names", "web", "live"}


def site_of(path: Path) -> Site:
    """Return what the proxy is to do.

    Raises:
        SystemExit: the file cannot be read, or says too much or too little.
    """
    said = _read(path)
    wrong = sorted((said.keys() - KNOWN) | (WANTED - said.keys()))
    if wrong:
        raise SystemExit(f"{path}: unknown or missing: {', '.join(wrong)}.")
    if ("certificate" in said) != ("key" in said):
        raise SystemExit(f"{path}: a certificate and its key belong together.")
    return Site(
        hosts=said.get("listen", ["0.0.0.0", "::"]),  # noqa: S104 - the one door
        port=said.get("port", 443),
        tls_names=said["names"],
        web=said["web"],
        live=said["live"],
        # A file of a version before names none.
        downloads=said.get("downloads", said["web"]),
        certificate=said.get("certificate", ""),
        key=said.get("key", ""),
        is_watched=True,
        # Another proxy sends as many to the same.
        sign_ins=1,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path} cannot be read: {error}") from error
