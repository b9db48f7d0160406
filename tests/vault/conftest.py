"""A real key service, started once for all of these tests; it is believed where a test asks."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from carestation.vault.scopes import forget_all
from carestation.vault.transit import trust
from tests.vault.key_service import KeyService, forget_waits, key_service


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyService]:
    with key_service(tmp_path_factory.mktemp("service")) as one:
        yield one


@pytest.fixture
def believed(
    service: KeyService, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[KeyService]:
    """Its certificate and token are ours; nothing is kept of what was asked before."""
    settings.KEY_TOKEN_FILE = service.token_file
    monkeypatch.setenv("SSL_CERT_FILE", str(service.authority))
    trust.cache_clear()
    forget_waits()
    forget_all()
    yield service
    trust.cache_clear()
    forget_waits()
    forget_all()
