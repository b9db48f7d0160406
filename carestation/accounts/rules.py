"""What holds of codes and passwords, whoever asks.

Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

import ipaddress
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypedDict
from uuid import UUID

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from carestation.accounts.choices import Device, Method, Network, Offer, Weakness
from carestation.kernel.actor import Actor

PERIOD_SECONDS: Final = 30
# The clock of a telephone may be a step off (RFC 6238, 5.2).
STEPS_OFF: Final = 1
SHORTEST: Final = 15
SHORTEST_WITH_FACTOR: Final = 8
LONGEST_PASSWORD: Final = 1_000
SHORTEST_TELLING: Final = 3
RECOVERY_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
RECOVERY_LENGTH: Final = 12
_HIRAGANA: Final = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SIX_DIGITS: Final = re.compile(r"\d{6}", re.ASCII)

# A method that is to go is first no longer offered; it ends when nobody has it any more. While it
# is there, it is as strong as the others. Client certificates of the service's former version
# are not taken over.
OFFERS: Final = {
    Method.PASSWORD: Offer.OFFERED,
    Method.TOTP: Offer.OFFERED,
    Method.PASSKEY: Offer.OFFERED,
    Method.RECOVERY_CODE: Offer.OFFERED,
    Method.CLIENT_CERTIFICATE: Offer.ENDED,
}
IDLE_MINUTES: Final = range(5, 61)
ABSOLUTE_HOURS: Final = range(1, 25)
SHORTEST_ASKED: Final = range(SHORTEST_WITH_FACTOR, 65)


class ConsoleMarks(TypedDict):
    """Who, in which request."""

    actor_id: UUID
    request_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What the rules of the facilities that a person works for ask of them, the strictest of each.

    `shortest_password` is counted in characters and can only raise the floor; `facility_words` are
    names that a password must not hold. `trusted_devices` says whether a device of one's own may be
    remembered for thirty days, and then need not show the second factor.
    """

    second_factor: bool = True
    idle_minutes: int = 15
    absolute_hours: int = 12
    shortest_password: int = SHORTEST_WITH_FACTOR
    trusted_devices: bool = False
    facility_words: tuple[str, ...] = ()

    @property
    def idle_seconds(self) -> int:
        """How long a screen may be left alone."""
        return self.idle_minutes * 60

    @property
    def lasts(self) -> timedelta:
        """How long a session lasts, used or not."""
        return timedelta(hours=self.absolute_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """An operator who has shown by a passkey who they are: proof that they may operate.

    Only `accounts.queries.consoles` makes one; a command that asks for a Console cannot run
    without. No seat follows from it: it leads to no post and to no patient.
    """

    actor: Actor

    def marks(self) -> ConsoleMarks:
        """Return who and in which request: what every fact of this console says."""
        return ConsoleMarks(actor_id=self.actor.user_id, request_id=self.actor.request_id)


def is_sound(binding: Binding) -> bool:
    """Whether a binding keeps within what can be asked of anyone."""
    return (
        binding.idle_minutes in IDLE_MINUTES
        and binding.absolute_hours in ABSOLUTE_HOURS
        and binding.shortest_password in SHORTEST_ASKED
    )


def may_take_up(method: Method) -> bool:
    """Whether a person who does not have a method yet can choose it."""
    return OFFERS[method] is Offer.OFFERED


def may_use(method: Method) -> bool:
    """Whether those who have a method sign in by it."""
    return OFFERS[method] is not Offer.ENDED


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the latest time step, near now, whose code this is."""
    typed = folded_code(code)
    if not _SIX_DIGITS.fullmatch(typed):
        return None
    now = int(at.timestamp()) // PERIOD_SECONDS
    found = None
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        expected = format_hotp_value(hotp_value(secret, step))
        if secrets.compare_digest(typed, expected):
            found = step
    return found


def folded_code(code: str) -> str:
    """Return a code as it is compared: half-width, without spaces and hyphens, in capitals."""
    text = unicodedata.normalize("NFKC", code[:100]).upper()
    return "".join(letter for letter in text if letter.isalnum() and letter.isascii())


def fresh_recovery_code() -> str:
    """Return a code of 57 bits, without letters that look alike, in groups of four."""
    letters = "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4))


def kept_password(password: str) -> str:
    """Return a password in the one form in which it is hashed."""
    return unicodedata.normalize("NFC", password)


def weakness_of(password: str, *, shortest: int, own_words: tuple[str, ...]) -> Weakness | None:
    """Return why a new password is not taken, or nothing.

    `own_words`: what others know of the person, too: name, reading, address, facility, product.
    """
    if len(password) > LONGEST_PASSWORD:
        return Weakness.LONG
    if len(password) < shortest:
        return Weakness.SHORT
    if len(set(password)) < SHORTEST_TELLING:
        return Weakness.COMMON
    folded = _folded(password)
    words = (_folded(word) for word in own_words)
    if any(word in folded for word in words if len(word) >= SHORTEST_TELLING):
        return Weakness.OWN
    return None


def shortest_password(*, has_factor: bool, asked: int = 0) -> int:
    """Return how many characters a password has at the least; what is `asked` only raises it."""
    return max(asked, SHORTEST_WITH_FACTOR if has_factor else SHORTEST)


def current_code(secret: str, *, at: datetime) -> str:
    """Return the code that an authenticator app shows at a time."""
    return str(format_hotp_value(hotp_value(secret, int(at.timestamp()) // PERIOD_SECONDS)))


def hiragana(text: str) -> str:
    """Return a reading with its katakana, half-width too, as hiragana."""
    return unicodedata.normalize("NFKC", text).translate(_HIRAGANA)


def network_of(address: str) -> str:
    """Return what counts as one network: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 4:  # noqa: PLR2004 - the older protocol
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))


def kind_of_network(address: str) -> Network:
    """Return from what kind of network an address is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return Network.UNKNOWN
    return Network.INTERNET if known.is_global else Network.LOCAL


def device_of(agent: str) -> Device:
    """Return what a browser says that it runs on."""
    if "iPad" in agent or ("Android" in agent and "Mobile" not in agent):
        return Device.TABLET
    if "iPhone" in agent or "Android" in agent:
        return Device.PHONE
    if any(name in agent for name in ("Windows", "Macintosh", "X11", "CrOS")):
        return Device.COMPUTER
    return Device.UNKNOWN


def browser_of(agent: str) -> str:
    """Return the name of a browser, as it says itself; nothing if it is none of the usual."""
    # Each of the later says that it is the ones before it, too.
    named = (
        ("Edg", "Edge"),
        ("SamsungBrowser", "Samsung Internet"),
        ("FxiOS", "Firefox"),
        ("Firefox", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    return next((name for mark, name in named if mark in agent), "")


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
