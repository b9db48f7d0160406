"""Whether this machine's clock is kept, and how far off it is: from chrony, or else the kernel.

Neither needs rights: chrony answers `tracking` to everyone, the kernel tells what keeps its clock.

Controls: ISO/IEC 27017 8.15; white paper 「ログ」.
"""

import ctypes
import shutil
import subprocess
from typing import Final

from carestation.support.choices import Measured

CHRONY_SECONDS: Final = 3
# Of `chronyc -c tracking`: "System time" (off by so many seconds), and how the leap stands.
OFFSET, LEAP, FIELDS = 4, 13, 14
UNSYNCHRONISED: Final = "Not synchronised"
# adjtimex(2): what it returns of a clock that nobody keeps; offsets in nanoseconds, or micro-.
TIME_ERROR: Final = 5
STA_NANO: Final = 0x2000


class _Timex(ctypes.Structure):
    # The kernel's `struct timex`: what stands before the offset and behind, up to the status; and
    # room for the rest, which is not read.
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def clock() -> dict[Measured, float]:
    """Return how far the clock is off what keeps it, and whether anything does."""
    return _by_chrony() or _by_the_kernel()


def told_by_chrony(line: str) -> dict[Measured, float]:
    """Return what a line of `chronyc -c tracking` says; nothing where it is none."""
    fields = line.strip().split(",")
    if len(fields) < FIELDS:
        return {}
    return {
        Measured.CLOCK: abs(float(fields[OFFSET])),
        Measured.UNSYNCHRONISED: float(fields[LEAP] == UNSYNCHRONISED),
    }


def _by_chrony() -> dict[Measured, float]:
    program = shutil.which("chronyc")
    if program is None:
        return {}
    try:
        told = subprocess.run(  # noqa: S603 - the program of the machine
            [program, "-n", "-c", "tracking"],
            capture_output=True,
            text=True,
            timeout=CHRONY_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {}
    return told_by_chrony(told.stdout)


def _by_the_kernel() -> dict[Measured, float]:
    timex = _Timex(modes=0)
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    if state < 0:
        return {}
    unit = 1e-9 if timex.status & STA_NANO else 1e-6
    return {
        Measured.CLOCK: abs(timex.offset) * unit,
        Measured.UNSYNCHRONISED: float(state == TIME_ERROR),
    }
