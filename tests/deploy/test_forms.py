"""Forms of a site behind a proxy that speaks TLS: browsers say from which page one was sent."""

import http.client
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.deploy.pieces import node

pytestmark = pytest.mark.xdist_group("running")


def sent_from(origin: str, at: str) -> int:
    """Fill in the sign-in page wrongly, and return how that is answered."""
    web = http.client.HTTPConnection(at, timeout=30)
    web.request("GET", "/sign-in/", headers={"Host": "localhost"})
    page = web.getresponse()
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[:1]
    form = {"csrfmiddlewaretoken": token, "email": "nobody@watage.example", "password": "x" * 20}
    headers = {
        "Host": "localhost",
        "Origin": origin,
        "Cookie": str(page.headers["Set-Cookie"]).split(";", maxsplit=1)[0],
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-Proto": "https",
    }
    web.request("POST", "/sign-in/", urlencode(form), headers)
    status = web.getresponse().status
    web.close()
    return status


@pytest.mark.usefixtures("committed_world")
def test_a_form_is_taken_from_the_sites_own_pages_alone(tmp_path: Path) -> None:
    with node(tmp_path) as one:
        at = one.start("web-1")

        assert sent_from("https://localhost", at) == 422
        assert sent_from("https://evil.example", at) == 403
