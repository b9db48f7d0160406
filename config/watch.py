"""The watch: measures this machine and what runs on it, once a minute. `python -m config.watch`.

It stands beside what it watches, so that a worker that stands still does not silence who should
say so. Each machine has one of its own: disk, clock and certificate are the machine's.

Controls: ISO/IEC 27017 CLD.12.4.5, 8.6; white paper 「クラウドサービスの監視」,
    「容量・能力の管理」.
"""

import argparse
import logging
import time

from config.ending import Mark, on_the_way_out
from config.environment import environment
from config.ports import port_of
from config.pulse import Pulse
from config.setting_up import set_up

logger = logging.getLogger("carestation.watch")


def main() -> None:
    """Measure until told to end."""
    parser = argparse.ArgumentParser(prog="config.watch")
    parser.add_argument("--port", type=int, help="the proxy's, on this machine (the site's)")
    options = parser.parse_args()
    set_up()
    from config.watching.rounds import Rounds  # noqa: PLC0415 - needs the apps

    ending = Mark()
    on_the_way_out(ending)
    surroundings = environment()
    rounds = Rounds(surroundings, port=options.port or port_of(surroundings.site_url))
    pulse = Pulse(surroundings.notify_socket)
    logger.info("The watch began", extra={"port": rounds.begin()})
    while not ending.is_set():
        began = time.monotonic()
        rounds.measure()
        pulse.beat()
        ending.wait(max(0.0, began + surroundings.watch_seconds - time.monotonic()))
    logger.info("The watch ended")


if __name__ == "__main__":
    main()
