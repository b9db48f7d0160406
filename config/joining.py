"""Working on a CareStation that runs: a command finds its database and keys by its data folder."""

import json
from pathlib import Path

import django

from config.environment import choose_settings, see_variables, surroundings
from config.places import Places
from config.private_files import secret


def join_running(data: Path | None) -> None:
    """Let this command see what the CareStation of a data folder was started with.

    Where DATABASE_URL is set, the surroundings are taken as they are.

    Raises:
        SystemExit: nothing runs on that folder.
    """
    variables = surroundings()
    places = Places(data=(data or Path(variables.get("CARESTATION_DATA", "var"))).absolute())
    if not variables.get("DATABASE_URL"):
        see_variables(_started_with(places, variables))
    choose_settings()
    django.setup()


def see_data(data: Path | None) -> None:
    """Let this command see a data folder on which nothing runs."""
    if data is not None:
        see_variables({"CARESTATION_DATA": str(data.absolute())})


def _started_with(places: Places, variables: dict[str, str]) -> dict[str, str]:
    try:
        state = json.loads((places.run / "state.json").read_text())
    except (OSError, ValueError) as error:
        raise SystemExit(
            f"No CareStation runs on {places.data}: start it first, or set DATABASE_URL."
        ) from error
    return {
        "CARESTATION_DATA": str(places.data),
        "CARESTATION_ENV": state["kind"],
        "DATABASE_URL": state["database_app_url"],
        "SITE_URL": state["url"],
        "CARESTATION_SECRET_KEY": variables.get("CARESTATION_SECRET_KEY")
        or secret(places.secrets, "django"),
    }
