"""What the program for outside does with an archive: check it, unpack it, or show it here."""

from __future__ import annotations

import argparse
import getpass
import hashlib
import http.server
import json
import mimetypes
import secrets
import shutil
import sys
import webbrowser
from datetime import datetime
from pathlib import Path

from carestation.exports.reader.archive import Archive, UnreadableError

MANIFEST, LISTING = "MANIFEST.sha256", "export.json"
FORMAT = "carestation export 1"
LINE_BYTES, LISTING_BYTES = 67, 1 << 20  # a line of the manifest holds a hash and three signs


def manifest_of(archive: Archive) -> dict[str, str]:
    """Return the hash of every member, by its path; all are there, and no others."""
    others = set(archive.names()) - {MANIFEST}
    most_bytes = sum(len(name) + LINE_BYTES for name in others)
    lines = archive.whole(MANIFEST, most_bytes).decode(errors="replace").splitlines()
    manifest = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in sorted(others ^ set(manifest)):
        wrong = "ありません。" if name in manifest else "余分です。"
        raise UnreadableError(f"{name!r}: {wrong}")
    return manifest


def check(archive: Archive) -> dict[str, object]:
    """Return what an archive says of itself, once each member was found to be as it was made."""
    manifest, counts = manifest_of(archive), {}
    for name, expected in manifest.items():
        found, counts[name] = hashlib.sha256(), 0
        for part in archive.parts(name):
            found.update(part)
            counts[name] += part.count(b"\n")
        if found.hexdigest() != expected:
            raise UnreadableError(f"{name}: 指紋（SHA-256）がちがいます。")
    try:
        said = json.loads(archive.whole(LISTING, LISTING_BYTES))
        rows = {f"data/{name}.jsonl": table["rows"] for name, table in said["lists"].items()}
        at = datetime.fromisoformat(said["at"]).isoformat()
        told = {"at": at, "members": len(manifest), "bytes": archive.size_bytes}
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableError(f"{LISTING}: 読めません。") from error
    if said.get("format") != FORMAT:
        raise UnreadableError(f"知らない形式です：{said.get('format')!r}")
    for name, count in rows.items():
        if counts.get(name) != count:
            raise UnreadableError(f"{name}: 件数がちがいます。")
    return told


def extract(archive: Archive, folder: Path) -> None:
    """Unpack an archive into a folder that is not there yet."""
    try:
        if archive.size_bytes > shutil.disk_usage(folder.absolute().parent).free:
            raise UnreadableError(f"{folder}: 置き場所が足りません。")
        folder.mkdir(mode=0o700)
        for name in archive.names():
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.writelines(archive.parts(name))
    except OSError as error:
        raise UnreadableError(f"{folder}: 置けません（{error}）。") from error


def server_of(archive: Archive) -> tuple[http.server.HTTPServer, str]:
    """Return what shows an archive to this machine alone, and the address that nobody can guess."""
    root = f"/{secrets.token_urlsafe(16)}/"

    class Reader(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path[len(root) :] or "index.html"
            asked_here = self.headers.get("Host", "") == here
            if not (asked_here and self.path.startswith(root) and archive.has(name)):
                self.send_error(404)
                return
            kind = mimetypes.guess_type(name)[0] or "text/plain"
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            policy = "default-src 'none'; style-src 'self'; img-src 'self'"
            self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            for part in archive.parts(name):
                self.wfile.write(part)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reader)
    here = f"127.0.0.1:{server.server_port}"
    return server, f"http://{here}{root}"


def show(archive: Archive) -> None:
    """Show an archive in the browser until Ctrl-C."""
    server, url = server_of(archive)
    sys.stdout.write(f"{url}\n終えるときは Ctrl-C を押してください。\n")
    webbrowser.open(url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def main() -> int:
    """Check an archive, and do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("act", choices=("check", "show", "extract"))
    parser.add_argument("archive", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("export"))
    options = parser.parse_args()
    try:
        archive = Archive(options.archive, getpass.getpass("合言葉： "))
        said = check(archive)
        sys.stdout.write(f"すべて正しく読めました：{said['members']} 個、{said['at']}\n")
        if options.act == "show":
            show(archive)
        elif options.act == "extract":
            extract(archive, options.folder)
    except UnreadableError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
