"""What the surroundings say, read once. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from config.places import Places

# What may stand where something is kept, or told.
SCHEMES: Final = {
    "BUS_URL": ("pg",),
    "BLOB_URL": ("file",),
    "KEY_URL": ("file", "vault"),
    "BUS_KEY_URL": ("file",),
    "ERASED_URL": ("file",),
}
# How long an opened key is kept at most; shorter only where a test waits for it.
KEYS_KEPT_SECONDS: Final = 300
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
    key_url: str
    bus_key_url: str
    key_token_file: Path
    erased_url: str
    keys_kept_seconds: float
    smtp_url: str
    turn_url: str
    site_url: str
    secret_key: str
    mail_dir: Path
    proxies: frozenset[str]
    piece: str

    @property
    def leaving(self) -> Path:
        """The mark that lies there while this piece is about to go."""
        return Places(data=self.data).leaving(self.piece)

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
    kind = values.get("CARESTATION_ENV", "development")
    if kind not in KINDS:
        raise EnvironmentError_(f"CARESTATION_ENV must be one of {', '.join(KINDS)}, not “{kind}”.")
    data = Path(values.get("CARESTATION_DATA", "var")).absolute()
    database_url = values.get("DATABASE_URL", "")
    secret_key = values.get("CARESTATION_SECRET_KEY", "")
    if kind == "production" and len(secret_key) < 50:  # noqa: PLR2004 - Django's own measure
        raise EnvironmentError_("Set CARESTATION_SECRET_KEY to 50 random characters or more.")
    kept = values.get("KEYS_KEPT_SECONDS", "")
    if kept and kind == "production":
        raise EnvironmentError_("KEYS_KEPT_SECONDS is for tests: in production it is 300.")
    _require_schemes(values)
    return Environment(
        kind=kind,
        data=data,
        database_url=database_url,
        database_owner_url=values.get("DATABASE_OWNER_URL", database_url),
        bus_url=values.get("BUS_URL", "pg://"),
        blob_url=values.get("BLOB_URL", f"file://{data}/files"),
        key_url=values.get("KEY_URL", f"file://{data}/keys/root.json"),
        bus_key_url=values.get("BUS_KEY_URL", f"file://{data}/keys/bus.json"),
        key_token_file=Path(values.get("KEY_TOKEN_FILE", data / "keys" / "token")),
        erased_url=values.get("ERASED_URL", f"file://{data}/keys/erased.jsonl"),
        keys_kept_seconds=float(kept or KEYS_KEPT_SECONDS),
        smtp_url=values.get("SMTP_URL", ""),
        turn_url=values.get("TURN_URL", ""),
        site_url=values.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/"),
        secret_key=secret_key or "not-for-production-" + "x" * 50,
        mail_dir=Path(values.get("CARESTATION_MAIL_DIR", data / "mail")),
        proxies=_addresses(values.get("PROXIES", "")),
        piece=values.get("CARESTATION_PIECE", ""),
    )


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
