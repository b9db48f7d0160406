"""What is shipped under deploy/, as text and as what it says."""

import ipaddress
import os
import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.running.starts import PROJECT

DEPLOY: Final = PROJECT / "deploy"
ADDRESS: Final = re.compile(r"\b10\.42\.0\.[1-9]\d*\b")
TOOLS: Final = f"{os.defpath}:/usr/sbin:/sbin"


def text_of(name: str) -> str:
    """Return a shipped file."""
    return (DEPLOY / name).read_text(encoding="utf-8")


def addresses_in(text: str) -> set[str]:
    """Return the addresses of the inner network that a text names."""
    return {str(ipaddress.ip_address(found)) for found in ADDRESS.findall(text)}


def needs(tool: str, package: str) -> pytest.MarkDecorator:
    """Skip, with the reason, where a tool of the system is not installed."""
    return pytest.mark.skipif(
        shutil.which(tool, path=TOOLS) is None,
        reason=f"{tool} is not installed (apt-get install {package})",
    )


def tool(name: str) -> str:
    """Return where a tool of the system lies."""
    return shutil.which(name, path=TOOLS) or name


def assignments_in(path: Path) -> dict[str, str]:
    """Return the lines NAME=VALUE of a file of variables."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
