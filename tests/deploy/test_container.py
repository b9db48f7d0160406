"""The container file holds no secret, runs without rights and starts what is there."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from config import piece
from config.cli import COMMANDS
from tests.deploy.files import DEPLOY, text_of

FILE: Final = "container/Containerfile"
LINES: Final = re.sub(r"\\\n\s*", "", text_of(FILE)).splitlines()
HADOLINT: Final = Path(sys.executable).with_name("hadolint")


def said(word: str) -> list[str]:
    return [line.removeprefix(word).strip() for line in LINES if line.startswith(f"{word} ")]


def test_the_linter_of_container_files_minds_nothing() -> None:
    found = subprocess.run(  # noqa: S603 - a linter
        [str(HADOLINT), str(DEPLOY / FILE)], capture_output=True, text=True, check=False
    )

    assert (found.returncode, found.stdout) == (0, "")


def test_what_runs_has_no_rights_and_of_the_first_stage_the_result_alone() -> None:
    last = LINES[max(number for number, line in enumerate(LINES) if line.startswith("FROM ")) :]
    copied = [line for line in last if line.startswith("COPY ")]

    assert said("USER") == ["870:870"]
    assert "u carestation 870 " in text_of("systemd/sysusers.conf")
    assert copied == ["COPY --from=installed /opt/carestation /opt/carestation"]


def test_every_base_is_named_by_its_version() -> None:
    assert all(re.search(r":\d+\.\d+-", base) for base in said("FROM"))


def test_the_image_knows_no_secret() -> None:
    variables = {pair.split("=")[0] for line in said("ENV") for pair in line.split()}

    assert variables == {"PATH", "CARESTATION_DATA", "PYTHONDONTWRITEBYTECODE"}
    assert said("ARG") == ["BUNDLE"]


def test_what_it_starts_and_asks_is_there() -> None:
    (entry,), (begun,) = said("ENTRYPOINT"), said("CMD")
    asked = json.loads(said("HEALTHCHECK")[0].partition("CMD ")[2])

    assert json.loads(entry) == ["carestation"]
    assert json.loads(begun)[0] in COMMANDS
    assert re.fullmatch(piece.PIECES, json.loads(begun)[1])
    assert asked[1] in COMMANDS
    assert asked[-1] == json.loads(begun)[-1]


def test_the_users_folder_is_the_data_folder() -> None:
    assert said("VOLUME") == ["/var/lib/carestation"]
    assert Path(said("WORKDIR")[-1]) == Path("/var/lib/carestation")
