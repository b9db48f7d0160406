"""Working on a CareStation that runs: a command finds its database and keys by its data folder."""

import json
from pathlib import Path
from typing import Final

from config.environment import see_variables, surroundings
from config.places import Places
from config.private_files import secret
from config.setting_up import set_up

# Under what `up` says what it was started with (`config/up.py`).
SAID: Final = {
    "CARESTATION_ENV": "kind",
    "DATABASE_URL": "database_app_url",
    "BUS_URL": "bus_url",
    "BUS_KEY_URL": "bus_key_url",
    "BLOB_URL": "blob_url",
    "BLOB_URL_BEFORE": "blob_url_before",
    "KEY_URL": "key_url",
    "KEY_URL_NEXT": "key_url_next",
    "KEY_TOKEN_FILE": "key_token_file",
    "ERASED_URL": "erased_url",
    "SITE_URL": "url",
}


def join_running(data: Path | None) -> None:
    """Let this command see what the CareStation of a data folder was started with.

    Where DATABASE_URL is set, the surroundings are taken as they are.

    Raises:
        SystemExit: nothing runs on that folder.
    """
    variables = surroundings()
    places = _places(data)
    if not variables.get("DATABASE_URL"):
        see_variables(_started_with(places, variables))
    set_up()


def see_data(data: Path | None) -> None:
    """Let this command see a data folder on which nothing runs."""
    if data is not None:
        see_variables({"CARESTATION_DATA": str(data.absolute())})


def started_on(data: Path | None) -> dict[str, str]:
    """Return what the CareStation of a data folder said when it started; empty where none runs."""
    try:
        state: dict[str, str] = json.loads((_places(data).run / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return state


def _places(data: Path | None) -> Places:
    return Places(data=(data or Path(surroundings().get("CARESTATION_DATA", "var"))).absolute())


def _started_with(places: Places, variables: dict[str, str]) -> dict[str, str]:
    state = started_on(places.data)
    if not state:
        raise SystemExit(
            f"No CareStation runs on {places.data}: start it first, or set DATABASE_URL."
        )
    # What one that a version before started does not say, the surroundings do.
    said = {name: state[known] for name, known in SAID.items() if state.get(known)}
    return said | {
        "CARESTATION_DATA": str(places.data),
        "CARESTATION_SECRET_KEY": variables.get("CARESTATION_SECRET_KEY")
        or secret(places.secrets, "django"),
    }
