"""The downloads process: what is long goes out, as slowly as its readers like.

The same views as web's, through ASGI: who reads a byte a second holds neither a thread that others
wait for nor a connection to the database. `uvicorn config.downloads:application`.
"""

import logging

from django.core.asgi import get_asgi_application
from django.db import connections
from django.urls import get_resolver

from config.environment import choose_settings, environment
from config.open_files import raise_file_limit
from config.pulse import Pulse
from config.sending import Sending
from config.setting_up import nothing_swept

raise_file_limit()
choose_settings()
with nothing_swept():
    application = Sending(get_asgi_application(), Pulse(environment().notify_socket).beat)
    get_resolver().url_patterns  # noqa: B018 - reading it imports the views
# The server's own words take the form of ours.
for name in ("uvicorn", "uvicorn.error"):
    logging.getLogger(name).handlers.clear()
    logging.getLogger(name).propagate = True
# Each request has a thread of its own: a connection ends with what it was opened for.
connections.databases["default"]["CONN_MAX_AGE"] = 0
