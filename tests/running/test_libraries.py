"""What large libraries do is done where they are needed; who serves pages does not read them."""

import subprocess
import sys
from typing import Final

from tests.running.starts import PROJECT

LARGE: Final = {"Crypto", "PIL", "cffi.cparser", "pillow_heif", "pypdf", "stream_zip"}


def test_web_starts_without_the_libraries_of_files_and_archives() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, config.wsgi; print(*sys.modules)"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
        text=True,
    )

    read = set(told.stdout.split())
    assert {"django", "carestation.vault.archives"} <= read
    assert read & LARGE == set()
