"""What must be done between the database's start and ours. `python -m config.prepare`.

Migrations, keys, static files, demo data: in one process of its own, as the owner of the database,
so that nothing that serves people ever holds the owner's password.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from carestation.kernel.acting import Work, work_as
from carestation.vault.blobs import blobs
from carestation.vault.keyfiles import ensure_key_file
from carestation.vault.relocating import OneStoreError
from carestation.vault.storing import StoreAwayError
from carestation.vault.transit import KeyServiceError
from config.answering import HASHED
from config.environment import environment
from config.saying import put_down_who
from config.setting_up import set_up

ONE_AT_A_TIME: Final = 7_262_001
LOCK_TIMEOUT: Final = "5s"
DEMO_MARK: Final = "demo-data"
# Of htmx, its core alone; its extensions import modules that the package does not carry.
UNUSED: Final = ["ext"]


def main() -> None:
    """Do what is missing; what is there already costs a look.

    Raises:
        SystemExit: something cannot be done; the sentence says what.
    """
    set_up()
    work_as(Work.CONTENT)
    with_demo = "--demo" in sys.argv
    _refuse_demo_in_production(with_demo=with_demo)
    try:
        _ensure_root()
        ensure_key_file(settings.BUS_KEY_URL)
        migrate()
        require_opens()
        _note_key_ids()
        put_down_who(environment().data)
        _ensure_store()
        _erase_again()
        collect_static()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        raise SystemExit(f"The database cannot be brought up to date: {reason}") from error
    except (OSError, ValueError) as error:
        raise SystemExit(f"Keys or static files cannot be made: {error}") from error
    if with_demo:
        _ensure_demo()


def _ensure_root() -> None:
    """Never make a new root key where an old one wrapped what the database holds.

    Raises:
        SystemExit: the root key is missing and the database holds keys, or its service is away.
    """
    from carestation.vault.roots import root_at  # noqa: PLC0415 - needs the apps

    # Where it begins: whether it has moved says a table that may not be there yet.
    place = root_at(settings.KEY_URL)
    try:
        if not place.is_there():
            _require_no_keys()
            place.make()
    except KeyServiceError as error:
        raise SystemExit(str(error)) from error


def _require_no_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('vault_ownerkey') IS NOT NULL")
        (is_there,) = cursor.fetchone() or (False,)
        if not is_there:
            return
        cursor.execute("SELECT EXISTS (SELECT FROM vault_ownerkey)")
        (holds_keys,) = cursor.fetchone() or (False,)
    if holds_keys:
        raise SystemExit(
            "The root key is missing, and the database holds keys that it alone opens: "
            f"put it back at {settings.KEY_URL}."
        )


def require_opens() -> None:
    """Never serve with another root than the one that wrapped what the database holds.

    Raises:
        SystemExit: it does not open, or its service is away.
    """
    from carestation.vault.checking import newest_owner_opens  # noqa: PLC0415 - as above

    try:
        opens = newest_owner_opens()
    except KeyServiceError as error:
        raise SystemExit(str(error)) from error
    if not opens:
        raise SystemExit(
            f"The root at {settings.KEY_URL} is not the one that wrapped what the database holds: "
            "put the right one in its place; nothing was changed."
        )


def migrate() -> None:
    """Bring the tables up to date, one start at a time, without waiting long for any lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _ensure_store() -> None:
    try:
        blobs().prepare()
    except StoreAwayError as error:
        raise SystemExit(f"BLOB_URL does not lead to a store: {error}.") from error
    except OneStoreError as error:
        raise SystemExit(
            "BLOB_URL and BLOB_URL_BEFORE are one store by two names: take the second away."
        ) from error


def _note_key_ids() -> None:
    from carestation.vault.checking import note_key_ids  # noqa: PLC0415 - as above

    note_key_ids()


def _erase_again() -> None:
    from carestation.patients.commands.erasures import erase_again  # noqa: PLC0415 - as above
    from carestation.vault.erasing import list_what_others_erased  # noqa: PLC0415 - as above

    erase_again()
    list_what_others_erased()


def collect_static() -> None:
    """Collect the static files under hashed names, if any changed.

    Those of the version before stay: its pages ask for them, here and at a node that serves both.
    """
    root = Path(settings.STATIC_ROOT)
    mark = root / ".collected-from"
    state = _state_of_static()
    if mark.exists() and mark.read_text() == state:
        return
    for path in root.rglob("*"):
        if path.is_file() and not re.search(HASHED, f"/static/{path.relative_to(root)}"):
            path.unlink()
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
    mark.write_text(state)


def _state_of_static() -> str:
    lines = sorted(_static_lines())
    return hashlib.sha256("\n".join([django.__version__, *lines]).encode()).hexdigest()


def _static_lines() -> Iterator[str]:
    for finder in get_finders():
        for path, storage in finder.list(UNUSED):
            stat = Path(storage.path(path)).stat()
            yield f"{path} {stat.st_size} {stat.st_mtime_ns}"


def _refuse_demo_in_production(*, with_demo: bool) -> None:
    if not environment().is_production:
        return
    if with_demo or (environment().data / DEMO_MARK).exists():
        raise SystemExit("There is no demo data in production: give another folder with --data.")


def _ensure_demo() -> None:
    (environment().data / DEMO_MARK).touch()
    from config.demo.seeding import ensure_demo  # noqa: PLC0415 - only where it is asked for

    ensure_demo()


if __name__ == "__main__":
    main()
