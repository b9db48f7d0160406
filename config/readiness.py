"""Whether a CareStation answers: asked the way people or proxies ask."""

import http.client
import ssl
from http import HTTPStatus
from urllib.parse import urlsplit


def is_ready(url: str, port: int, host: str = "127.0.0.1") -> bool:
    """Return whether `/ready` answers 200: through the proxy on this machine, or elsewhere."""
    site = urlsplit(url)
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        if site.scheme == "https":
            connection.connect()
            # Our own certificate on our own machine, asked whether it answers and nothing else; by
            # the name of the site, for it has one for no other.
            anyone = ssl._create_unverified_context()  # noqa: S323, SLF001 - see above
            connection.sock = anyone.wrap_socket(connection.sock, server_hostname=site.hostname)
        connection.request("GET", "/ready", headers={"Host": site.netloc})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
