"""What of this machine is used up: disk, memory, CPU."""

import os
import shutil
from pathlib import Path

import psutil

from carestation.support.choices import Measured
from config.places import Places
from config.running import running_pieces


def machine(data: Path) -> dict[Measured, float]:
    """Return the used shares, of the disk on which the data folder lies; and how many serve."""
    disk = shutil.disk_usage(data)
    return {
        Measured.WEB: running(data, "web"),
        # What is kept for root is not there for us: as `df` reckons.
        Measured.DISK: disk.used / (disk.used + disk.free),
        Measured.MEMORY: psutil.virtual_memory().percent / 100,
        Measured.CPU: os.getloadavg()[0] / (os.cpu_count() or 1),
    }


def running(data: Path, piece: str) -> int:
    """Return how many processes of a piece run on this machine: `web`, or `worker`."""
    found = running_pieces(Places(data=data).run)
    return sum(each.name.partition("-")[0] == piece for each in found)
