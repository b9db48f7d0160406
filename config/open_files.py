"""How many files and connections a process may have open."""

import resource


def raise_file_limit() -> None:
    """Let this process have as many as it may: each stream is one, each download two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
