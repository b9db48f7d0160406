"""What operators did, as they read it: nothing of it is missing there."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from carestation.accounts.rules import Console
from carestation.audit.choices import OPERATED, Act
from carestation.audit.queries.acts import operator_acts
from carestation.facilities.commands.storage import change_limit
from carestation.support.commands.capacity import change_capacity
from carestation.support.commands.operators import review_operators
from carestation.support.commands.outages import Telling, change_outage, open_outage
from carestation.support.queries.operators import mark_of_operators
from carestation.support.rules import Wanted
from carestation.vault.choices import Level
from carestation.vault.erasing import erase_scope
from carestation.vault.rotation import begin_rotation
from config import probes
from tests.accounts.operating import a_console
from tests.audit.sealed import enter_all
from tests.world import World

# Nobody does it: a clock stands at the watch and beside each line of that time, and what becomes of
# keys follows from a command whose typist stands there.
BY_ITSELF: Final = {
    Act.SUPPORT_CLOCK_DOUBTED,
    Act.SUPPORT_CLOCK_TRUSTED,
    Act.VAULT_GROUP_KEYS_TURNED,
    Act.VAULT_ROTATION_ENDED,
    Act.VAULT_SHARES_REHEARSED,
}


@pytest.mark.control("8.15")
def test_whatever_operators_or_commands_do_has_a_place_among_the_acts_of_operators() -> None:
    done = {act for act in Act if act.startswith(("support.", "vault."))}

    assert done - OPERATED == BY_ITSELF


def everything_done(world: World, console: Console) -> None:
    now = timezone.now()
    telling = Telling(title="写真が開けません", began_at=now - timedelta(hours=2))
    change_capacity(console, Wanted(web=4, threads=4, workers=2))
    review_operators(console, mark=mark_of_operators())
    outage_id = open_outage(console, telling)
    change_outage(console, outage_id, Telling(title="写真", began_at=telling.began_at))
    over = Telling(title="写真", began_at=telling.began_at, ended_at=now - timedelta(hours=1))
    change_outage(console, outage_id, over)
    probes.begin(console)
    probes.end(console)
    change_limit(console, world.facility.pk, 1 << 30)
    begin_rotation(console.actor, Level.SCOPE, world.group.pk)
    for scope_id in (world.group.pk, world.people["ueda"].pk):
        erase_scope(console.actor, scope_id)


@pytest.mark.control("8.2")
def test_all_that_an_operator_does_is_read_with_their_name(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    settings.ERASED_URL = f"file://{tmp_path}/erased.jsonl"
    console = a_console()
    everything_done(world, console)
    enter_all()

    acts = {one.what: one for one in operator_acts(console, None).acts}

    for act in OPERATED:
        if act.startswith(("support.", "vault.")) and act != Act.SUPPORT_COMMAND_TYPED:
            assert acts[act.label].who == "運営 さくら", act
    limit = acts[Act.FACILITIES_STORAGE_LIMIT_CHANGED.label]
    assert (limit.who, limit.facility) == ("運営 さくら", world.facility.name)
