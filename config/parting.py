"""A process of ours ends with the one that started it, even where that one was killed."""

import ctypes
import os
import signal
from typing import Final

PR_SET_PDEATHSIG: Final = 1


def end_with_parent(signal_number: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel for a signal when the parent is gone; call it at the start of a child."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)
