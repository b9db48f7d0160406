"""The command `carestation`: a table of subcommands, each in a module of its own."""

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Callable
from typing import Final

# Name: module (with `add_options(parser)` and `run(options) -> int`), and what it does.
COMMANDS: Final = {
    "up": ("config.up", "start everything on this machine"),
    "piece": ("config.piece", "one piece by itself, for a unit or a container"),
    "leave": ("config.leaving", "a web process tells the proxies that it goes"),
    "arrive": ("config.arriving", "waits until a web process serves and the proxies know"),
    "status": ("config.status", "which pieces run, since when, and how far behind"),
    "demo": ("config.demo.command", "who is in the demo world, and which words to look for in it"),
    "load-seed": ("config.load_seed", "people, groups and a long history for a load test"),
    "first-facility": ("config.first_facility", "the first facility and its manager"),
    "facilities": ("config.facilities", "which facilities wait for approval; approve one"),
    "operators": ("config.operators", "who works for the provider; appoint or end one"),
    "probe": ("config.probing", "whether a check from outside is made every minute"),
    "search": ("config.searching", "how far the index of words is; make it anew"),
    "files": ("config.filing", "how many files wait to move to another store; move them"),
    "keys": ("config.keyring", "which keys there are, and what they seal"),
    "audit": ("config.auditing", "whether the log of facts is as it was sealed"),
    "export": ("config.exporting", "check a facility's export, or fill an empty installation"),
    "urls": ("config.listing", "every address, how it is called and through which door"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand and return its exit code; what goes wrong is one sentence."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="carestation")
    parser.add_argument("command", choices=sorted(COMMANDS), metavar="COMMAND", help=_table())
    chosen = parser.parse_args(arguments[:1]).command
    module = importlib.import_module(COMMANDS[chosen][0])
    own = argparse.ArgumentParser(prog=f"carestation {chosen}", description=COMMANDS[chosen][1])
    module.add_options(own)
    return _run(module.run, own.parse_args(arguments[1:]))


def _run(run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    try:
        return _told(run, options)
    except BrokenPipeError:
        # Who reads has read enough (`| head`); what Python still holds goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as error:
        if isinstance(error.code, str):
            sys.stderr.write(f"carestation: {error.code}\n")
            return 1
        raise
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS}:
            raise
        sys.stderr.write(f"carestation: {error.filename or 'The disk'}: {error.strerror}.\n")
        return 1


def _told(run: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    code = run(options)
    sys.stdout.flush()
    # Some commands end rights, and open pages are told; only those have loaded it.
    telling = sys.modules.get("carestation.kernel.after_commit")
    if telling is not None:
        telling.part()
    return code


def _table() -> str:
    return "; ".join(f"{name}: {words}" for name, (_, words) in COMMANDS.items())


if __name__ == "__main__":
    sys.exit(main())
