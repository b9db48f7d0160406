"""`carestation leave`: a web process says that it goes, and waits until the proxies know.

It answers `/ready` with 503 from then on and everything else as before, so that nobody is sent to
it any more when it ends. Starting again takes the mark away.
"""

import argparse
import re
import time
from pathlib import Path
from typing import Final

from config.environment import surroundings
from config.places import Places
from config.processes import WEB

# Proxies ask each second (config/proxy.py); what they sent before that is answered by then.
WAIT_SECONDS: Final = 2.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("piece", help="web-1, web-2 …")
    parser.add_argument("--data", type=Path, help="folder of this machine's own things (var)")


def run(options: argparse.Namespace) -> int:
    """Leave the mark, and wait.

    Raises:
        SystemExit: there is no such piece on this folder.
    """
    data = options.data or Path(surroundings().get("CARESTATION_DATA", "var"))
    places = Places(data=data.absolute())
    if not re.fullmatch(WEB, options.piece) or not places.run.is_dir():
        raise SystemExit(f"No web process “{options.piece}” runs on {places.data}.")
    places.leaving(options.piece).touch()
    time.sleep(WAIT_SECONDS)
    return 0
