"""Whom a manager invites: one by one, or many by a list.

A list is CSV as office programs write it: UTF-8 with or without a mark at its beginning, or
Windows' Japanese (CP932). It is read whole or not at all, and shown before anyone is invited.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from carestation.facilities.choices import InvitationProblem, Profession, StaffRole
from carestation.facilities.commands.invitations import Invited
from carestation.facilities.forms.desk import DeskForm, role_of
from carestation.facilities.queries.roles import CustomRoleShown
from carestation.kernel.cells import is_formula
from carestation.kernel.mailboxes import MailboxField, is_mailbox
from carestation.kernel.text import UnfitText, clean_line

LONGEST_NAME: Final = 60
LONGEST_ADDRESS: Final = 254
MOST_ROWS: Final = 500
MOST_BYTES: Final = 300_000
COLUMNS: Final = ("メールアドレス", "名前", "職種", "権限")
ENCODINGS: Final = ("utf-8-sig", "cp932")
UNFIT: Final = _("使えない文字が入っています。")
WRONG_COLUMNS: Final = _("1行目は「メールアドレス,名前,職種,権限」にしてください。")
WRONG_FILE: Final = _("文字を読めませんでした。CSV（UTF-8 か Shift_JIS）で保存してください。")
TOO_MANY: Final = _("一度に招待できるのは500人までです。")
NOBODY: Final = _("招待する人がいません。")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """A row of a list as it was read: whom it invites, or what is wrong with it."""

    number: int
    email: str
    name: str
    profession: str
    role: str
    invited: Invited | None
    problems: tuple[str, ...]


class InviteForm(DeskForm):
    """One person to invite."""

    email = MailboxField(
        label=_("メールアドレス"),
        max_length=LONGEST_ADDRESS,
        error_messages={"invalid": _("メールアドレスの形になっていません。")},
    )
    name = forms.CharField(label=_("お名前（わかれば）"), max_length=LONGEST_NAME, required=False)
    profession = forms.ChoiceField(
        label=_("職種"), choices=[("", _("選んでください")), *Profession.choices]
    )
    role = forms.ChoiceField(
        label=_("施設での権限"),
        initial=StaffRole.MEMBER.value,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: QueryDict | None, own_roles: Sequence[CustomRoleShown]) -> None:
        super().__init__(data)
        own = [(str(one.id), one.title) for one in own_roles]
        self.fields["role"].choices = [*StaffRole.choices, *own]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_name(self) -> str:
        """Return the name as it is kept."""
        try:
            return clean_line(self.cleaned_data["name"], longest=LONGEST_NAME)
        except UnfitText as error:
            raise ValidationError(UNFIT) from error

    def as_invited(self) -> Invited:
        """Return whom it invites."""
        typed = self.cleaned_data
        role, custom_role_id = role_of(typed["role"])
        return Invited(
            email=typed["email"],
            name=typed["name"],
            profession=Profession(typed["profession"]),
            role=role,
            custom_role_id=custom_role_id,
        )

    def refuse_address(self, problem: InvitationProblem) -> None:
        """Say at the address why it was not invited."""
        self.add_error("email", ValidationError(problem.label, code=problem.value))


class ListForm(DeskForm):
    """A list, handed in as a file; or once more as the text that was shown."""

    _own_roles: Mapping[str, UUID] = MappingProxyType({})

    file = forms.FileField(label=_("CSVファイル"), required=False)
    text = forms.CharField(
        required=False, max_length=MOST_BYTES, strip=False, widget=forms.HiddenInput
    )

    def for_roles(self, own_roles: Sequence[CustomRoleShown]) -> Self:
        """Return this form as one that knows the facility's own roles by their names."""
        self._own_roles = {one.title: one.id for one in own_roles}
        return self

    def clean(self) -> dict[str, object]:
        """Read the list; `rows` holds what was read."""
        said: dict[str, object] = super().clean() or {}
        file = said.get("file")
        if file is not None:
            said["text"] = _decoded(file.read(MOST_BYTES + 1))  # type: ignore[attr-defined]  # an uploaded file
        rows = list(_listed(str(said.get("text", "")), self._own_roles))
        if not rows:
            raise ValidationError(NOBODY)
        if len(rows) > MOST_ROWS:
            raise ValidationError(TOO_MANY)
        return said | {"rows": rows}

    @property
    def rows(self) -> list[ListedRow]:
        """What was read."""
        rows: list[ListedRow] = self.cleaned_data["rows"]
        return rows


def with_problems(
    rows: Sequence[ListedRow], problems: Sequence[InvitationProblem | None]
) -> list[ListedRow]:
    """Return the rows, each with what the facility itself says against it."""
    return [
        ListedRow(
            number=row.number,
            email=row.email,
            name=row.name,
            profession=row.profession,
            role=row.role,
            invited=row.invited,
            problems=(*row.problems, problem.label) if problem else row.problems,
        )
        for row, problem in zip(rows, problems, strict=True)
    ]


def _decoded(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise ValidationError(TOO_MANY)
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(WRONG_FILE)


def _listed(text: str, own_roles: Mapping[str, UUID]) -> Iterator[ListedRow]:
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValidationError(WRONG_FILE) from error
    filled = [(number, line) for number, line in enumerate(lines, start=1) if any(line)]
    if not filled or not _is_head([cell.strip() for cell in filled[0][1]]):
        raise ValidationError(WRONG_COLUMNS)
    for number, line in filled[1 : MOST_ROWS + 2]:
        cells = [*(cell.strip() for cell in line), "", "", "", ""][: len(COLUMNS)]
        yield _row(number, cells, own_roles)


def _is_head(cells: Sequence[str]) -> bool:
    # More columns may follow, but none a second time: which of the two is meant nobody could say.
    first, more = cells[: len(COLUMNS)], cells[len(COLUMNS) :]
    return tuple(first) == COLUMNS and not set(COLUMNS) & set(more)


def _row(number: int, cells: Sequence[str], own_roles: Mapping[str, UUID]) -> ListedRow:
    email, name, profession, role = cells
    known = _chosen(StaffRole, role or StaffRole.MEMBER.label)
    own = None if known else own_roles.get(role)
    problems = tuple(_problems(email, name, profession, is_role=bool(known or own)))
    return ListedRow(
        number=number,
        email=email[:LONGEST_ADDRESS],
        name=name[:LONGEST_NAME],
        profession=profession[:LONGEST_NAME],
        role=role[:LONGEST_NAME],
        invited=None
        if problems
        else Invited(
            email=email,
            name=clean_line(name, longest=LONGEST_NAME),
            profession=Profession(_chosen(Profession, profession)),
            role=StaffRole(known) if known else StaffRole.MEMBER,
            custom_role_id=own,
        ),
        problems=problems,
    )


def _problems(email: str, name: str, profession: str, *, is_role: bool) -> Iterator[str]:
    if not is_mailbox(email):
        yield str(_("メールアドレスの形になっていません。"))
    # An office program would compute such a cell, where the list is opened again.
    if len(email) > LONGEST_ADDRESS or is_formula(email) or not _is_fit(name):
        yield str(UNFIT)
    if not _chosen(Profession, profession):
        yield str(_("職種の名前が違います。"))
    if not is_role:
        yield str(
            _("権限は「一般ユーザー」「施設の管理者」か、施設の権限の組の名前にしてください。")
        )


def _is_fit(name: str) -> bool:
    try:
        kept = clean_line(name, longest=LONGEST_NAME)
    except UnfitText:
        return False
    return not is_formula(kept)


def _chosen(choices: type[Profession | StaffRole], word: str) -> str:
    """Return the value that a word or a value names, or nothing."""
    for one in choices:
        if word in {one.value, one.label, one.label.partition("（")[0]}:
            return one.value
    return ""
