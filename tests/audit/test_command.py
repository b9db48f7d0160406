"""`carestation audit verify`, as whoever keeps the machine types it."""

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from carestation.audit.commands.keeping import keep_outside
from carestation.audit.models import Entry
from carestation.audit.queries.checkpoints import published_keys
from config.auditing import add_options, run
from tests.audit.sealed import change, seal_and_sign
from tests.world import World


def typed(*words: str | Path) -> int:
    parser = ArgumentParser()
    add_options(parser)
    return run(parser.parse_args(["verify", *map(str, words)]))


@pytest.mark.control("8.15")
def test_it_says_that_all_is_well_and_names_what_is_not(
    committed_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = seal_and_sign()
    keep_outside(checkpoint)
    letter, other = tmp_path / "letter.eml", tmp_path / "other.txt"
    letter.write_text(f"Checkpoints:\n\n{checkpoint.note}", encoding="utf-8")
    other.write_text("nothing", encoding="utf-8")
    well = typed("--against", letter, "--json")
    told = json.loads(capsys.readouterr().out)
    fact_id = Entry.objects.get(number=3).fact_id
    change("UPDATE factlog_loggedfact SET kind = 'x' WHERE id = %(one)s", one=fact_id)

    bent = typed()

    said = capsys.readouterr().out
    assert (well, bent) == (0, 1)
    assert told["intact"]
    assert told["keys"] == published_keys()
    assert f"WRONG at number 3: fact {fact_id} is not as it was sealed" in said
    with pytest.raises(SystemExit, match="holds no checkpoint"):
        typed("--against", other)
