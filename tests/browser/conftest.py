"""One CareStation with demo data, and one Chromium, for all tests of this folder."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.people import Site, Stage
from tests.chromium import CHROMIUM, chromium
from tests.nodes.nodes import database, nodes
from tests.running.prepared import prepared
from tests.running.starts import COMMAND, PROJECT, started, surroundings


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start everything once; end it with this folder's tests, so that it costs the others nothing.

    With TWO_NODES in the surroundings there are two, and each request goes to either of them.
    """
    data: Path = tmp_path_factory.mktemp("demo") / "data"
    told = subprocess.run(  # noqa: S603 - ours
        [*COMMAND, "demo", "--json"],
        env=surroundings(),
        cwd=PROJECT,
        capture_output=True,
        check=True,
        text=True,
    )
    people = {one["email"].split("@")[0]: one for one in json.loads(told.stdout)["people"]}
    if os.environ.get("TWO_NODES"):
        mail = data.parent / "mail"
        with (
            database() as url,
            nodes(data.parent, url, "--demo", CARESTATION_MAIL_DIR=str(mail)) as both,
        ):
            yield Site(url=both.url, people=people, mail=mail, database=url)
        return
    with started(prepared(data), "--demo") as one:
        mail, where = Path(one.said["mail_dir"]), one.said["database_url"]
        yield Site(url=one.url, people=people, mail=mail, database=where)


@pytest.fixture(scope="package")
def stage(site: Site) -> Iterator[Stage]:
    """Open a browser for this folder alone: an open Playwright keeps others of its kind out."""
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: `make setup` says how to install it.")
    with chromium() as browser:
        yield Stage(site=site, browser=browser)
