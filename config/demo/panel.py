"""Whom the demo's sign-in page fills in, and who is printed when it starts.

Read by the settings and before Django is there: it knows no models.
"""

from dataclasses import dataclass
from typing import Final

from config.demo.people import FACILITIES, PEOPLE, DemoPerson, State

STATES: Final = {State.ENROLMENT_DUE: "（2段階の確認がまだ）", State.LEFT: "（退職）"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelPerson:
    """One line of the panel; `totp_secret` is empty without a second factor."""

    email: str
    password: str
    totp_secret: str
    name: str
    words: str


def panel_people() -> tuple[PanelPerson, ...]:
    """Return the demo's people in their order."""
    return tuple(
        PanelPerson(
            email=person.email,
            password=person.password,
            totp_secret=person.totp_secret or "",
            name=person.name,
            words=words_of(person),
        )
        for person in PEOPLE.values()
    )


def people_table() -> str:
    """Return the demo people in lines to read: name, what they are, address, password."""
    head = ["", "Demo people (all invented; the sign-in page fills them in, code and all):", ""]
    lines = [
        f"  {person.email:<30}{person.password:<25}{person.name}　{words_of(person)}"
        for person in PEOPLE.values()
    ]
    return "\n".join([*head, *lines, ""])


def words_of(person: DemoPerson) -> str:
    """Return what a person is, and where."""
    if person.is_operator:
        return "運営"
    if person.profession is None:
        return person.words
    calling = str(person.profession.label).split("（")[-1].rstrip("）")
    state = STATES.get(person.state, "")
    return f"{calling}・{FACILITIES[person.facility].name}{state}"
