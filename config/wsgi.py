"""The web process: pages, through WSGI."""

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.environment import choose_settings
from config.parting import end_with_parent

# The server runs us in a child of its own; where the server is killed, so are we.
end_with_parent()
choose_settings()
application = get_wsgi_application()
# Nothing is imported per request: all views are read now.
get_resolver().url_patterns  # noqa: B018 - reading it imports them
