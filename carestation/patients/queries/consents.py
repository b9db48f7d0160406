"""Reading of consents: which stands, which came before, and what was said.

Controls: ISO/IEC 27017 8.3, 8.24; white paper 「利用者アクセスの管理」, 「暗号化」.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from carestation.accounts.models import User
from carestation.accounts.queries.people import read_person
from carestation.groups.choices import Relation
from carestation.groups.rules import Seat
from carestation.patients.choices import ConsentForm, ConsentScope
from carestation.patients.models import Consent
from carestation.patients.queries.face_sheets import take_face_sheet
from carestation.vault.scopes import open_scope
from carestation.vault.sealing import Place

LONGEST_LIST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWords:
    """What was typed about a consent: who explained it, and what else is worth knowing."""

    explained_by: str
    note: str = ""

    def to_json(self) -> str:
        """Return what is sealed."""
        said = {"explained_by": self.explained_by, "note": self.note}
        return json.dumps(said, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """When a consent was withdrawn, what was said, and who put it down."""

    withdrawn_on: date
    note: str
    recorder: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCard:
    """A consent, ready to show."""

    id: UUID
    scope: ConsentScope
    form: ConsentForm
    given_by: Relation
    given_on: date
    words: ConsentWords
    recorder: str
    recorded_at: datetime
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """What a patient agreed to: what stands now, and everything before, the newest first."""

    standing: ConsentCard | None
    before: tuple[ConsentCard, ...]


def consents_of(seat: Seat) -> Consents:
    """Return what the patient of the seat's group agreed to.

    Raises:
        NotVisible: no patient's group, or the family.
    """
    rows = list(Consent.objects.of_patient(take_face_sheet(seat).id)[:LONGEST_LIST])
    names = _names(seat, rows)
    cards = [_card(seat, row, names) for row in rows]
    if not cards or cards[0].withdrawal:
        return Consents(standing=None, before=tuple(cards))
    return Consents(standing=cards[0], before=tuple(cards[1:]))


def consent_for_invitations(seat: Seat) -> ConsentScope | None:
    """Return how far the patient of a group agreed to share, before someone is invited there.

    None: not at all, so nobody can be invited; or the group has no patient, and needs none.
    """
    newest = Consent.objects.filter(patient__group_id=seat.group_id).order_by("-id").first()
    return ConsentScope(newest.scope) if newest and newest.stands else None


def words_place(consent_id: UUID) -> Place:
    """Return where the words of a consent are sealed."""
    return Place("patients_consent", "words", consent_id)


def withdrawal_place(consent_id: UUID) -> Place:
    """Return where the words of a withdrawal are sealed."""
    return Place("patients_consent", "withdrawal", consent_id)


def _card(seat: Seat, row: Consent, names: dict[UUID, str]) -> ConsentCard:
    sealed = open_scope(seat.group_id, seat.actor).unseal(row.words_sealed, words_place(row.pk))
    said = json.loads(sealed)
    return ConsentCard(
        id=row.pk,
        scope=ConsentScope(row.scope),
        form=ConsentForm(row.form),
        given_by=Relation(row.given_by),
        given_on=row.given_on,
        words=ConsentWords(explained_by=said["explained_by"], note=said["note"]),
        recorder=names[row.recorder_id],
        recorded_at=row.recorded_at,
        withdrawal=_withdrawal(seat, row, names),
    )


def _withdrawal(seat: Seat, row: Consent, names: dict[UUID, str]) -> Withdrawal | None:
    sealed, recorder_id = row.withdrawal_sealed, row.withdrawal_recorder_id
    if not (row.withdrawn_on and row.withdrawal_recorded_at and sealed and recorder_id):
        return None
    bundle = open_scope(seat.group_id, seat.actor)
    return Withdrawal(
        withdrawn_on=row.withdrawn_on,
        note=bundle.unseal(sealed, withdrawal_place(row.pk)),
        recorder=names[recorder_id],
        recorded_at=row.withdrawal_recorded_at,
    )


def _names(seat: Seat, rows: Iterable[Consent]) -> dict[UUID, str]:
    recorders = {one for row in rows for one in (row.recorder_id, row.withdrawal_recorder_id)}
    people = User.objects.in_bulk([one for one in recorders if one])
    return {user_id: read_person(user, seat.actor).name for user_id, user in people.items()}
