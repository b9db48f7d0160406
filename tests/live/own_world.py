"""The cast in a database of a test's own: `python -m tests.live.own_world` says where and who."""

import json
import sys

import django
from django.core.management import call_command

from carestation.kernel.acting import Work, work_as


def main() -> None:
    django.setup()
    work_as(Work.CONTENT)
    call_command("migrate", verbosity=0)
    from tests.accounts.signing_in import a_token  # noqa: PLC0415 - needs the apps
    from tests.world import settle  # noqa: PLC0415 - needs the apps

    world = settle()
    told = {"group": str(world.group.pk), "token": a_token(world.people["kato"])}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
