"""The disk's own word that a name is kept. No Django here.

Controls: ISO/IEC 27017 8.24; white paper 「暗号化」.
"""

import os
from pathlib import Path


def keep_names(folder: Path) -> None:
    """Write a folder through: a name is kept only when its folder is, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
