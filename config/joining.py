"""Working on a CareStation that runs: a command finds its database and keys by its data folder."""

import json
from pathlib import Path

from config.environment import see_variables, surroundings
from config.places import Places
from config.private_files import secret
from config.setting_up import set_up


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
    return {
        "CARESTATION_DATA": str(places.data),
        "CARESTATION_ENV": state["kind"],
        "DATABASE_URL": state["database_app_url"],
        "BUS_URL": state["bus_url"],
        "BLOB_URL": state["blob_url"],
        **_moving(state),
        "SITE_URL": state["url"],
        "CARESTATION_SECRET_KEY": variables.get("CARESTATION_SECRET_KEY")
        or secret(places.secrets, "django"),
    }


def _moving(state: dict[str, str]) -> dict[str, str]:
    before = state["blob_url_before"]
    return {"BLOB_URL_BEFORE": before} if before else {}
