"""Whether a CareStation answers: asked the way people ask, through the proxy."""

import http.client
import ssl
from http import HTTPStatus
from urllib.parse import urlsplit


def is_ready(url: str, port: int) -> bool:
    """Return whether `/ready` answers 200 through the proxy on this machine."""
    name = urlsplit(url).netloc
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    if url.startswith("https:"):
        # Our own certificate on our own machine, asked whether it answers and nothing else.
        anyone = ssl._create_unverified_context()  # noqa: S323, SLF001 - see above
        connection = http.client.HTTPSConnection("localhost", port, timeout=5, context=anyone)
    try:
        connection.request("GET", "/ready", headers={"Host": name})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
