"""What of this machine is used up: disk, memory, CPU."""

import os
import shutil
from pathlib import Path

import psutil

from carestation.support.choices import Measured


def machine(data: Path) -> dict[Measured, float]:
    """Return the used shares; of the disk, that on which the data folder lies."""
    disk = shutil.disk_usage(data)
    return {
        # What is kept for root is not there for us: as `df` reckons.
        Measured.DISK: disk.used / (disk.used + disk.free),
        Measured.MEMORY: psutil.virtual_memory().percent / 100,
        Measured.CPU: os.getloadavg()[0] / (os.cpu_count() or 1),
    }
