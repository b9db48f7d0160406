"""Which pieces run is read while they come and go."""

import subprocess
import sys

from config.running import _serving


def test_a_process_that_went_between_two_looks_serves_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    assert _serving(gone.pid) is None
