"""The program for outside as it is given out: one file, put together of the modules of `reader`.

Controls: ISO/IEC 27017 8.13; white paper 「バックアップ」.
"""

import ast
from functools import cache
from inspect import getsource
from types import ModuleType
from typing import Final

from carestation.exports import reader
from carestation.exports.reader import aes, archive, program

MODULES: Final = (aes, archive, program)
ELSEWHERE: Final = ("__future__", reader.__name__)


@cache
def program_for_outside() -> str:
    """Return its text: it needs nothing of ours beside it."""
    head = f'"""{reader.__doc__}"""\n\nfrom __future__ import annotations\n'
    return head + "".join(_alone(module) for module in MODULES)


def _alone(module: ModuleType) -> str:
    """Return a module without what it takes from the others, which stand before it."""
    source = getsource(module)
    taken = {
        number
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(ELSEWHERE)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(source.splitlines(keepends=True), start=1)
    return "".join(line for number, line in lines if number not in taken)
