"""What the surroundings say, read once. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from carestation.kernel import nats_url
from carestation.vault import bucket_url
from config.places import Places

# What may stand where something is kept, or told.
SCHEMES: Final = {
    "BUS_URL": ("pg", "unix", "tls", "nats"),
    "BLOB_URL": ("file", "s3", "s3+http"),
    "BLOB_URL_BEFORE": ("file", "s3", "s3+http"),
    "KEY_URL": ("file", "vault"),
    "KEY_URL_NEXT": ("file", "vault"),
    "BUS_KEY_URL": ("file",),
    "ERASED_URL": ("file",),
    "METRICS_URL": ("http",),
}
# Buses that need no server of their own: PostgreSQL, or a socket on the same machine.
NEAR_BUSES: Final = ("pg://", "unix://")
# How long an opened key is kept at most; shorter only where a test waits for it.
KEYS_KEPT_SECONDS: Final = 300
# How often the watch measures; more often only where a test waits for it.
WATCH_SECONDS: Final = 60
FOR_TESTS: Final = {"KEYS_KEPT_SECONDS": KEYS_KEPT_SECONDS, "WATCH_SECONDS": WATCH_SECONDS}
KINDS: Final = ("development", "demo", "test", "production")


class EnvironmentError_(SystemExit):  # noqa: N801 - the built-in has the better name
    """A value is missing or makes no sense: the start ends with one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where everything is. URLs as in the contract; paths are absolute."""

    kind: str
    data: Path
    database_url: str
    database_owner_url: str
    bus_url: str
    blob_url: str
    blob_url_before: str
    key_url: str
    key_url_next: str
    bus_key_url: str
    key_token_file: Path
    erased_url: str
    keys_kept_seconds: float
    smtp_url: str
    turn_url: str
    site_url: str
    secret_key: str
    mail_dir: Path
    metrics_url: str
    counters: Path
    watch_seconds: float
    proxies: frozenset[str]
    piece: str
    notify_socket: str

    @property
    def leaving(self) -> Path:
        """The mark that lies there while this piece is about to go."""
        return Places(data=self.data).leaving(self.piece)

    @property
    def serving(self) -> Path:
        """Where this piece says that it serves."""
        return Places(data=self.data).serving(self.piece)

    @property
    def is_production(self) -> bool:
        """Whether real people's data are here."""
        return self.kind == "production"


@cache
def environment() -> Environment:
    """Return the environment of this process.

    Raises:
        SystemExit: a value is missing or unsafe; the message says which.
    """
    return read_environment(os.environ)


def read_environment(values: Mapping[str, str]) -> Environment:
    """Return what the variables say; defaults lie under the data folder.

    Raises:
        SystemExit: a value is missing or unsafe; the message says which.
    """
    kind = _kind_in(values)
    data = Path(values.get("CARESTATION_DATA", "var")).absolute()
    database_url = values.get("DATABASE_URL", "")
    secret_key = values.get("CARESTATION_SECRET_KEY", "")
    if kind == "production" and len(secret_key) < 50:  # noqa: PLR2004 - Django's own measure
        raise EnvironmentError_("Set CARESTATION_SECRET_KEY to 50 random characters or more.")
    _require_no_test(values, kind)
    _require_urls(values, kind)
    return Environment(
        kind=kind,
        data=data,
        database_url=database_url,
        database_owner_url=values.get("DATABASE_OWNER_URL", database_url),
        bus_url=values.get("BUS_URL", "pg://"),
        blob_url=values.get("BLOB_URL", f"file://{data}/files"),
        blob_url_before=values.get("BLOB_URL_BEFORE", ""),
        key_url=values.get("KEY_URL", f"file://{data}/keys/root.json"),
        key_url_next=values.get("KEY_URL_NEXT", ""),
        bus_key_url=values.get("BUS_KEY_URL", f"file://{data}/keys/bus.json"),
        key_token_file=Path(values.get("KEY_TOKEN_FILE", data / "keys" / "token")),
        erased_url=values.get("ERASED_URL", f"file://{data}/keys/erased.jsonl"),
        keys_kept_seconds=float(values.get("KEYS_KEPT_SECONDS") or KEYS_KEPT_SECONDS),
        smtp_url=values.get("SMTP_URL", ""),
        turn_url=values.get("TURN_URL", ""),
        site_url=values.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/"),
        secret_key=secret_key or "not-for-production-" + "x" * 50,
        mail_dir=Path(values.get("CARESTATION_MAIL_DIR", data / "mail")),
        metrics_url=values.get("METRICS_URL", "http://127.0.0.1:0"),
        counters=Path(values.get("PROMETHEUS_MULTIPROC_DIR", data / "run" / "metrics")),
        watch_seconds=float(values.get("WATCH_SECONDS") or WATCH_SECONDS),
        proxies=_addresses(values.get("PROXIES", "")),
        piece=values.get("CARESTATION_PIECE", ""),
        notify_socket=values.get("NOTIFY_SOCKET", ""),
    )


def _kind_in(values: Mapping[str, str]) -> str:
    kind = values.get("CARESTATION_ENV", "development")
    if kind not in KINDS:
        raise EnvironmentError_(f"CARESTATION_ENV must be one of {', '.join(KINDS)}, not “{kind}”.")
    return kind


def _require_no_test(values: Mapping[str, str], kind: str) -> None:
    for name, always in FOR_TESTS.items():
        if values.get(name) and kind == "production":
            raise EnvironmentError_(f"{name} is for tests: in production it is {always}.")


def _require_urls(values: Mapping[str, str], kind: str) -> None:
    _require_schemes(values)
    try:
        _require_bus(values.get("BUS_URL", "pg://"), kind)
        for name in ("BLOB_URL", "BLOB_URL_BEFORE"):
            _require_store(values.get(name, "file://"), kind)
    except ValueError as error:
        raise EnvironmentError_(str(error)) from error


def _require_schemes(values: Mapping[str, str]) -> None:
    for name, schemes in SCHEMES.items():
        found, is_url, _ = values.get(name, f"{schemes[0]}://").partition("://")
        if not is_url or found not in schemes:
            known = " or ".join(f"{one}://…" for one in schemes)
            raise EnvironmentError_(f"{name} must be {known}, not “{found}”.")


def _addresses(said: str) -> frozenset[str]:
    try:
        return frozenset(str(ip_address(one)) for one in said.split())
    except ValueError as error:
        raise EnvironmentError_(f"PROXIES must be addresses: {error}.") from error


def _require_bus(url: str, kind: str) -> None:
    if url.startswith(NEAR_BUSES):
        return
    bus = nats_url.read_url(url)
    if kind == "production" and not bus.is_near and not (bus.is_tls and bus.user):
        raise EnvironmentError_("Production needs tls:// and a user and password in BUS_URL.")


def _require_store(url: str, kind: str) -> None:
    if url.startswith("file://"):
        return
    store = bucket_url.read_url(url)
    if kind == "production" and not store.is_near and not store.is_tls:
        raise EnvironmentError_("Production needs TLS to the store of files: s3:// in BLOB_URL.")


def surroundings() -> dict[str, str]:
    """Return a copy of all variables, to hand on to a process that we start."""
    return dict(os.environ)


def see_variables(values: Mapping[str, str]) -> None:
    """Let this process see what another was started with; before anything reads the rest."""
    os.environ.update(values)
    environment.cache_clear()


def choose_settings() -> None:
    """Let Django read the settings of this kind of installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{environment().kind}")
