"""The web process: pages, through WSGI."""

import logging

from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import Error, close_old_connections, reset_queries
from django.urls import get_resolver

from config.environment import choose_settings, environment
from config.parting import end_with_parent
from config.pulse import Pulse
from config.serving import Answers, say_serving
from config.setting_up import nothing_swept

logger = logging.getLogger("carestation.web")
# The server runs us in a child of its own; where the server is killed, so are we.
end_with_parent()
choose_settings()
with nothing_swept():
    application = Answers(get_wsgi_application())
    # Nothing is imported per request: all views are read now.
    get_resolver().url_patterns  # noqa: B018 - reading it imports them
# Hot (benchmarks/posts.py): of what Django does around each request one thing is for us, letting
# go of a connection that broke; and once is enough.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_caches)
request_finished.disconnect(reset_urlconf)


def trouble() -> str:
    """Return why this process cannot serve; asked from a thread of its own."""
    from carestation.vault import health  # noqa: PLC0415 - needs the apps

    close_old_connections()
    try:
        return health.trouble()
    except (Error, OSError):
        logger.exception("it is not known whether this process can serve")
        return "it is not known"


beat = Pulse(environment().notify_socket).beat
say_serving(environment().serving, trouble, beat, application.hang)
