"""Secrets that a machine makes for itself on the first start: files that only their owner reads."""

import json
import os
import secrets
from pathlib import Path


def secret(folder: Path, name: str) -> str:
    """Return the secret of this name; made on the first call, kept for ever."""
    path = folder / name
    if path.exists():
        return path.read_text().strip()
    fresh = secrets.token_urlsafe(48)
    write_private(path, fresh + "\n")
    return fresh


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads; whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def write_private_json(path: Path, value: object) -> None:
    """Write a value as JSON into a file that only its owner reads."""
    write_private(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
