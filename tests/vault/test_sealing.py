import pytest
import tink
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from carestation.kernel.errors import NotVisible
from carestation.kernel.ids import uuid7
from carestation.kernel.pushes import Push
from carestation.vault.columns import CLEAR
from carestation.vault.models import OPERATOR, Scope, ScopeKind
from carestation.vault.scopes import bus_key, create_scope, forget_all, open_scope
from carestation.vault.sealing import (
    Bundle,
    Place,
    deriving_primitive,
    new_deriving_keyset,
    new_sealing_keyset,
    open_push,
    seal_push,
    sealing_primitive,
)


def a_bundle() -> Bundle:
    return Bundle(
        scope_id=uuid7(),
        aead=sealing_primitive(new_sealing_keyset()),
        prf_set=deriving_primitive(new_deriving_keyset()),
    )


BUNDLE, ROW = a_bundle(), uuid7()
PLACE = Place("timeline_post", "body", ROW)


def test_what_a_value_is_bound_to_is_written_behind_lengths() -> None:
    scope_id = uuid7()
    parts = (b"1", b"timeline_post", b"body", ROW.bytes, scope_id.bytes)

    assert PLACE.bound_to(scope_id) == b"".join(
        len(part).to_bytes(2, "big") + part for part in parts
    )


@given(st.text())
def test_what_is_sealed_comes_back_and_cannot_be_read(text: str) -> None:
    sealed = BUNDLE.seal(text, PLACE)

    assert BUNDLE.unseal(sealed, PLACE) == text
    assert len(text) < 3 or text.encode() not in sealed


@pytest.mark.control("8.24")
@pytest.mark.parametrize(
    "place",
    [
        Place("timeline_post", "body", uuid7()),
        Place("timeline_post", "bod", ROW),
        Place("timeline_postb", "ody", ROW),
        Place("timeline_postversion", "body", ROW),
    ],
)
def test_a_value_opens_at_its_place_alone(place: Place) -> None:
    sealed = BUNDLE.seal("血圧 128/76", PLACE)

    with pytest.raises(tink.TinkError):
        BUNDLE.unseal(sealed, place)


@pytest.mark.control("8.24")
def test_a_value_opens_in_its_scope_alone() -> None:
    elsewhere = Bundle(scope_id=uuid7(), aead=BUNDLE.aead, prf_set=BUNDLE.prf_set)

    with pytest.raises(tink.TinkError):
        elsewhere.unseal(BUNDLE.seal("血圧 128/76", PLACE), PLACE)


@given(st.binary(min_size=1, max_size=60), st.integers(0, 400))
def test_a_changed_value_does_not_open(data: bytes, spot: int) -> None:
    sealed = bytearray(BUNDLE.seal_bytes(data, PLACE))
    sealed[spot % len(sealed)] ^= 1

    with pytest.raises(tink.TinkError):
        BUNDLE.unseal_bytes(bytes(sealed), PLACE)


@given(st.text(), st.text())
def test_what_is_derived_tells_texts_and_purposes_apart(one: str, other: str) -> None:
    assert BUNDLE.derive(one, "a") == BUNDLE.derive(one, "a")
    assert BUNDLE.derive(one, "a") != BUNDLE.derive(one, "b")
    assert (BUNDLE.derive(one, "a") == BUNDLE.derive(other, "a")) == (one == other)


@pytest.mark.django_db
def test_a_scope_opens_again_after_it_was_forgotten() -> None:
    scope_id = uuid7()
    sealed = create_scope(scope_id, ScopeKind.PERSON).seal("あ", PLACE)
    forget_all()

    assert open_scope(scope_id, None).unseal(sealed, PLACE) == "あ"


@pytest.mark.django_db
def test_wrapped_keys_do_not_open_for_another_scope() -> None:
    one, other = uuid7(), uuid7()
    create_scope(one, ScopeKind.PERSON)
    create_scope(other, ScopeKind.PERSON)
    stolen = Scope.objects.get(pk=other)
    Scope.objects.filter(pk=one).update(sealing_wrapped=stolen.sealing_wrapped)
    forget_all()

    with pytest.raises(tink.TinkError):
        open_scope(one, None)


@pytest.mark.django_db
def test_a_scope_that_is_not_there_does_not_open() -> None:
    with pytest.raises(NotVisible):
        open_scope(uuid7(), None)
    assert not Scope.objects.filter(pk=OPERATOR).exists()


def test_a_push_opens_with_the_bus_key_only() -> None:
    push = Push(kind="post", group_id=uuid7(), side="patient", seq=8, html="<li>ひみつ</li>")

    sealed = seal_push(push, bus_key())

    assert "ひみつ".encode() not in sealed
    assert open_push(sealed, bus_key()) == push
    with pytest.raises(tink.TinkError):
        open_push(sealed, BUNDLE.aead)


@given(st.text(max_size=4000), st.text(max_size=4000))
def test_a_push_always_fits_the_bus(html: str, words: str) -> None:
    push = Push(kind="post", group_id=uuid7(), side="patient", seq=8, html=html, json=words)

    assert len(seal_push(push, bus_key())) * 4 / 3 + 4 < 8000
    back = open_push(seal_push(push, bus_key()), bus_key())
    assert (back.group_id, back.seq) == (push.group_id, push.seq)
    assert back.html in {html, ""}


WORDY = (models.CharField, models.TextField, models.BinaryField, models.JSONField)


def wordy_columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if model._meta.app_label != "account"  # allauth's, whose tables are never made
        if isinstance(field, WORDY) or (isinstance(field, ArrayField) and _is_wordy(field))
    }


def _is_wordy(field: ArrayField) -> bool:  # type: ignore[type-arg]
    return isinstance(field.base_field, WORDY)


@pytest.mark.control("8.24")
def test_every_column_that_could_hold_words_is_sealed_or_has_its_reason() -> None:
    wordy = wordy_columns()

    unsealed = {one for one in wordy if not one.endswith("_sealed")}

    assert unsealed - set(CLEAR) == set(), "seal it, or give the reason in vault/columns.py"
    assert set(CLEAR) - wordy == set(), "a reason for a column that is gone"
    assert all(CLEAR.values())
