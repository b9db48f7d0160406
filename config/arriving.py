"""`carestation arrive`: waits until a web process serves, and until the proxies know.

Who renews several one after the other waits for it: the next one leaves when this one is there.
"""

import argparse
import time
from typing import Final

from config.leaving import WAIT_SECONDS
from config.readiness import is_ready

READY_SECONDS: Final = 60


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--at", required=True, help="where it listens: ADDRESS:PORT")


def run(options: argparse.Namespace) -> int:
    """Wait.

    Raises:
        SystemExit: it does not serve in time.
    """
    host, _, port = str(options.at).rpartition(":")
    until = time.monotonic() + READY_SECONDS
    while not is_ready("http://localhost", int(port), host.strip("[]")):
        if time.monotonic() > until:
            raise SystemExit(f"What listens at {options.at} is not ready after {READY_SECONDS} s.")
        time.sleep(0.2)
    time.sleep(WAIT_SECONDS)
    return 0
