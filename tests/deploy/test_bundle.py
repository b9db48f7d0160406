"""A bundle in which a byte differs, a file is missing or is too many is not installed."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.files import DEPLOY, text_of


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with as little in it as can be."""
    folder = tmp_path / "bundle"
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "a.py").write_text("A = 1\n")
    (folder / "VERSION").write_text("9.9\n")
    shutil.copy(DEPLOY / "bundle" / "install.sh", folder / "install")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(folder)}\n"
        for path in files
    ]
    (folder / "MANIFEST").write_text("".join(lines))
    return folder


def installed(bundle: Path) -> "subprocess.CompletedProcess[str]":
    """Install it with a Python that does nothing: what is tried is what comes before."""
    return subprocess.run(  # noqa: S603 - ours
        ["/bin/sh", str(bundle / "install"), str(bundle.parent / "base")],
        env={"PATH": "/usr/bin:/bin", "PYTHON": "/bin/false"},
        capture_output=True,
        text=True,
        check=False,
    )


def alter(bundle: Path) -> None:
    (bundle / "code" / "a.py").write_text("A = 2\n")


def take_away(bundle: Path) -> None:
    (bundle / "code" / "a.py").unlink()


def add(bundle: Path) -> None:
    (bundle / "code" / "b.py").write_text("B = 1\n")


@pytest.mark.parametrize("change", [alter, take_away, add])
def test_what_is_not_as_it_was_made_is_refused(
    bundle: Path, change: Callable[[Path], None]
) -> None:
    change(bundle)

    refused = installed(bundle)

    assert refused.returncode == 1
    assert "not the bundle that was made" in refused.stderr
    assert not (bundle.parent / "base").exists()


def test_what_is_as_it_was_made_is_laid_into_a_folder_of_its_version(bundle: Path) -> None:
    tried = installed(bundle)

    assert "not the bundle" not in tried.stderr
    assert (bundle.parent / "base" / "9.9" / "a.py").read_text() == "A = 1\n"
    assert not (bundle.parent / "base" / "current").exists()


def test_only_what_is_pinned_with_its_hash_is_packed_and_installed() -> None:
    for script in ("bundle/make.sh", "bundle/install.sh"):
        assert "--require-hashes" in text_of(script)
    assert text_of("bundle/install.sh").count("--no-index") == 1
