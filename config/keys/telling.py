"""Telling people and machines what was found, and asking people for shares. No Django here."""

import json
import sys
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from carestation.vault.shares import NEEDED


def tell_machines(found: object) -> None:
    """Print one object as JSON; ids and times as text."""
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False, default=_text)
    sys.stdout.write("\n")


def say(*lines: str) -> None:
    """Print lines, at once: who waits sees how far it is."""
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def asked_for() -> list[str]:
    """Return the shares that are typed in."""
    say(f"Type {NEEDED} of the shares in, each as one line:")
    return [sys.stdin.readline() for _ in range(NEEDED)]


def _text(value: object) -> str | dict[str, Any]:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    message = f"Nothing that machines are told: {type(value).__name__}."
    raise TypeError(message)
