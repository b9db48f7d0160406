"""Tables: what points elsewhere holds it fast, and every constraint has the name of its context."""

from typing import Final

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.tree import must_be_empty

MODELS: Final = sorted(
    (model for model in apps.get_models() if model.__module__.startswith("carestation.")),
    key=lambda model: model._meta.label,
)


def named(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_what_points_elsewhere_holds_it_fast_and_is_not_seen_from_there(
    model: type[models.Model],
) -> None:
    pointing = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]

    must_be_empty(
        field.name
        for field in pointing
        if field.remote_field.on_delete is not models.PROTECT
        or field.remote_field.related_name != "+"
    )


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_constraint_is_named_by_its_context_and_what_is_true(model: type[models.Model]) -> None:
    names = [one.name for one in (*model._meta.constraints, *model._meta.indexes)]

    must_be_empty(name for name in names if not name.startswith(f"{model._meta.app_label}_"))


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_row_has_an_id_of_ours_or_a_reason(model: type[models.Model]) -> None:
    # The log and its seal count for themselves; a cursor is its follower's, a brake its key's, a
    # pair its talk's, what files take has its facility's.
    other = {
        "factlog.LoggedFact",
        "factlog.Cursor",
        "audit.Entry",
        "audit.Mark",
        "accounts.Brake",
        "groups.Pair",
        "facilities.Storage",
    }

    assert model._meta.label in other or isinstance(model._meta.pk, models.UUIDField)


def test_there_are_models() -> None:
    assert len(MODELS) > 15
