"""Code of the version before works with the tables of the new one: expand, migrate, contract.

What takes away, renames or narrows says `Contract: VERSION`, the released version since which no
code reads it any more (docs/how-to/upgrade.md).
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from tests.architecture.tree import ROOT

Migration = migrations.Migration
Field = models.Field[Any, Any]
TAKES_AWAY: Final = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.DeleteModel,
    migrations.AlterModelTable,
)
# What a function would do is not done yet.
BODY: Final = re.compile(r"(\$\w*\$).*?\1", re.DOTALL)
IN_SQL: Final = re.compile(
    r"\bDROP\s+(?:COLUMN|TABLE)\b|\bRENAME\s+COLUMN\b|\bTABLE\s+\S+\s+RENAME\s+TO\b|\bSET\s+NOT\s+NULL\b"
    r"|\bALTER\s+COLUMN\s+\S+\s+(?:SET\s+DATA\s+)?TYPE\b",
    re.IGNORECASE,
)
CONTRACT: Final = re.compile(r"^Contract: (\d+(?:\.\d+)+)$", re.MULTILINE)
VERSION: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def narrows(operation: Operation, app: str, before: ProjectState) -> bool:
    """Whether code that knows nothing of this operation may stumble over it."""
    if isinstance(operation, TAKES_AWAY):
        return True
    if isinstance(operation, migrations.RunSQL):
        return IN_SQL.search(BODY.sub("", str(operation.sql))) is not None
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        return any(narrows(one, app, before) for one in operation.database_operations)
    if isinstance(operation, migrations.AddField):
        return wants_a_value(operation.field)
    if isinstance(operation, migrations.AlterField):
        model = before.models[app, operation.model_name_lower]
        return is_narrower(operation.field, model.fields[operation.name])
    return False


def wants_a_value(field: Field) -> bool:
    # Django's own default is not the database's: who does not know the column writes none.
    return not (field.null or field.many_to_many or field.has_db_default())


def is_narrower(now: Field, then: Field) -> bool:
    if wants_a_value(now) and not wants_a_value(then):
        return True
    if now.get_internal_type() != then.get_internal_type():
        return True
    return (now.max_length or sys.maxsize) < (then.max_length or sys.maxsize)


def number_of(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def is_contracted(docstring: str) -> bool:
    """Whether a migration says since which older version nobody reads what it takes."""
    found = CONTRACT.search(docstring)
    return found is not None and number_of(found[1]) < number_of(VERSION)


def ours() -> Iterator[tuple[Migration, ProjectState]]:
    """Yield each migration of ours after the first of its context, and the tables before it."""
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if type(migration).__module__.startswith("carestation.") and not name.startswith("0001_"):
            yield migration, loader.project_state((app, name), at_end=False)


def steps_of(migration: Migration, state: ProjectState) -> Iterator[Operation]:
    """Yield the operations that are too narrow where they stand."""
    for operation in migration.operations:
        if narrows(operation, migration.app_label, state):
            yield operation
        operation.state_forwards(migration.app_label, state)


def test_the_version_before_works_with_the_tables_of_this_one() -> None:
    narrow = {
        str(migration): sys.modules[type(migration).__module__].__doc__ or ""
        for migration, state in ours()
        if any(list(steps_of(migration, state)))
    }

    assert [name for name, words in narrow.items() if not is_contracted(words)] == []


def people() -> ProjectState:
    state = ProjectState()
    name = models.CharField(max_length=20, null=True)
    migrations.CreateModel(
        "Person", [("id", models.UUIDField(primary_key=True)), ("name", name)]
    ).state_forwards("x", state)
    return state


def altered(field: Field) -> Operation:
    return migrations.AlterField("person", "name", field)


@pytest.mark.parametrize(
    ("operation", "is_narrow"),
    [
        (migrations.RemoveField("person", "name"), True),
        (migrations.RenameField("person", "name", "kana"), True),
        (migrations.DeleteModel("Person"), True),
        (migrations.AddField("person", "age", models.IntegerField(default=0)), True),
        (migrations.AddField("person", "age", models.IntegerField(db_default=0)), False),
        (migrations.AddField("person", "age", models.IntegerField(null=True)), False),
        (altered(models.CharField(max_length=20)), True),
        (altered(models.CharField(max_length=9, null=True)), True),
        (altered(models.CharField(max_length=40, null=True)), False),
        (altered(models.TextField(null=True)), True),
        (migrations.RunSQL("ALTER TABLE x_person DROP COLUMN name"), True),
        (migrations.RunSQL("ALTER TABLE x_person ALTER COLUMN name SET NOT NULL"), True),
        (migrations.RunSQL("CREATE INDEX CONCURRENTLY x ON x_person (name)"), False),
    ],
    ids=lambda value: value.describe() if isinstance(value, Operation) else None,
)  # fmt: skip
def test_what_takes_away_renames_or_narrows_is_seen(
    operation: Operation, *, is_narrow: bool
) -> None:
    assert narrows(operation, "x", people()) is is_narrow


@pytest.mark.parametrize(
    ("words", "is_enough"),
    [
        ("", False),
        ("Contract: 0.0.9", True),
        (f"Contract: {VERSION}", False),
        ("Contract: soon", False),
    ],
)
def test_only_what_an_older_version_stopped_reading_may_go(words: str, *, is_enough: bool) -> None:
    assert is_contracted(f"The old column goes.\n\n{words}\nLocks: none\n") is is_enough
