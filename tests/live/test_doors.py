import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carestation.live.doors import Asked, read_headers

KEY = hashlib.sha256(b"token").digest()


def asked(**headers: str) -> Asked:
    pairs = [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in headers.items()
    ]
    return read_headers(pairs, cookie="session", site_host="care.example")


@pytest.mark.parametrize("header", ["Bearer token", "bearer token", "BEARER  token "])
def test_a_program_shows_its_token_in_a_header(header: str) -> None:
    assert asked(authorization=header) == Asked(key=KEY, is_foreign=False)


@pytest.mark.parametrize("header", ["session=token", "a=1; session=token; b=2", 'session="token"'])
def test_a_browser_shows_its_token_in_a_cookie(header: str) -> None:
    assert asked(cookie=header) == Asked(key=KEY, is_foreign=False)


@pytest.mark.parametrize("header", ["", "session", "session=", "xsession=token", "Session=token"])
def test_without_a_token_there_is_no_key(header: str) -> None:
    assert asked(cookie=header).key == b""
    assert asked(authorization="Basic token").key == b""


@pytest.mark.control("8.5")
def test_a_cookie_counts_for_our_own_pages_alone() -> None:
    own = {"cookie": "session=token", "host": "care.example"}

    assert not asked(**own, origin="https://care.example").is_foreign
    assert not asked(**own, sec_fetch_site="same-origin").is_foreign
    assert asked(**own, origin="https://care.example.evil.example").is_foreign
    assert asked(**own, origin="null").is_foreign
    assert asked(**own, origin="https://[x").is_foreign
    assert asked(**own, sec_fetch_site="same-site").is_foreign
    assert asked(**own, sec_fetch_site="none").is_foreign


@given(st.dictionaries(st.sampled_from(["cookie", "authorization", "origin", "host"]), st.binary()))
def test_hostile_headers_are_read_without_a_fault(headers: dict[str, bytes]) -> None:
    pairs = [(name.encode(), value) for name, value in headers.items()]

    assert len(read_headers(pairs, cookie="session", site_host="x").key) in {0, 32}
