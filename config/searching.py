"""`carestation search`: how far the index of words is, and making it anew while it is in use."""

import argparse
import json
import sys
from pathlib import Path
from uuid import UUID

from config.joining import join_running
from config.saying import add_name_and_reason, say_who


def add_options(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--data", type=Path, help="folder of the CareStation that runs (var)")
    parser.add_argument("--rebuild", action="store_true", help="read every post anew")
    parser.add_argument("--group", type=UUID, help="rebuild one group alone")
    add_name_and_reason(parser)
    parser.add_argument("--json", action="store_true", help="for machines: one object")


def run(options: argparse.Namespace) -> int:
    """Print how many posts the index knows; not 0 where it lacks some and none waits to be read."""
    join_running(options.data)
    from carestation.search.commands.rebuilding import rebuild_index  # noqa: PLC0415 - needs Django
    from carestation.search.queries.entries import read_progress  # noqa: PLC0415 - the same
    from carestation.support.choices import Command  # noqa: PLC0415 - the same

    if options.rebuild:
        say_who(options, Command.SEARCH)
        for count in rebuild_index(options.group):
            sys.stderr.write(f"\r{count} posts read")
            sys.stderr.flush()
        sys.stderr.write("\n")
    progress = read_progress()
    if options.json:
        json.dump({"posts": progress.posts, "missing": progress.missing}, sys.stdout)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(f"{progress.posts} posts, {progress.missing} of them not in the index\n")
    return 1 if progress.missing else 0
