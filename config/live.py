"""The live process: event streams, without Django. `uvicorn config.live:application`."""

import logging.config
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from carestation.live.application import Application, Site
from carestation.live.buses import bus_of
from carestation.live.database import Database
from carestation.live.hall import Hall, Timing
from carestation.live.usher import Usher
from carestation.vault.keyfiles import key_from_file
from carestation.vault.sealing import heard_push
from config.environment import Environment, environment
from config.open_files import raise_file_limit
from config.pulse import Pulse

LOGGING: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "carestation.kernel.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"uvicorn": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}


def make_application(surroundings: Environment, timing: Timing | None = None) -> Application:
    """Return the application for these surroundings."""
    usher = Usher(
        Hall(timing or Timing()),
        database=Database(surroundings.database_url),
        bus=bus_of(surroundings.bus_url, surroundings.database_url),
        opened=partial(heard_push, bus_key=key_from_file(surroundings.bus_key_url)),
    )
    is_https = surroundings.site_url.startswith("https://")
    site = Site(
        host=urlsplit(surroundings.site_url).netloc,
        cookie="__Host-session" if is_https else "session",
    )
    return Application(usher, site, Pulse(surroundings.notify_socket).beat)


raise_file_limit()
logging.config.dictConfig(LOGGING)
application = make_application(environment())
