"""What has happened is sealed in its order, and signed: the whole, and each facility's part."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from carestation.audit.commands.checkpoints import sign_part, sign_parts, sign_whole
from carestation.audit.commands.sealing import seal_next
from carestation.audit.models import WHOLE, Checkpoint, Entry, SigningKey, Tree
from carestation.audit.queries.checkpoints import signer_of
from carestation.audit.tasks import sign, sign_parts_too
from carestation.factlog.checkpoints import FIRST
from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.timeline.commands.posts import publish_post
from tests.audit.sealed import seal_all, seal_and_sign
from tests.factlog.test_merkle import root_by_the_book
from tests.world import World, a_draft


def leaves_of(facility_id: UUID | None = None) -> list[bytes]:
    own = "SELECT factlog_leaf(f) FROM factlog_loggedfact f WHERE true = %s OR facility_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"{own} ORDER BY era, xid, id", [facility_id is None, facility_id])
        return [bytes(leaf) for (leaf,) in cursor.fetchall()]


@pytest.mark.control("8.15")
def test_the_whole_and_a_facilitys_part_are_signed_as_far_as_they_are_sealed(
    committed_world: World,
) -> None:
    facility_id = committed_world.facility.pk
    seal_all()

    whole, part = sign_whole(), sign_part(facility_id)

    assert whole is not None
    assert part is not None
    assert whole.signed.head.root == root_by_the_book(leaves_of())
    assert part.signed.head.root == root_by_the_book(leaves_of(facility_id))
    assert part.signed.head.whole == whole.signed.head.digest()
    assert part.signed.head.origin == f"{whole.signed.head.origin}/{facility_id}"
    signer = signer_of(SigningKey.objects.get())
    for one in (whole, part):
        assert signer.has_signed(one.signed.head.text(), one.signed.signature)


def test_the_next_checkpoint_names_the_one_before(committed_world: World) -> None:
    first = seal_and_sign()
    publish_post(committed_world.seat("kato", Side.PROFESSIONAL), a_draft())

    second = seal_and_sign()

    assert first.signed.head.previous == FIRST
    assert second.signed.head.previous == first.signed.head.digest()
    assert second.size > first.size


def test_where_nothing_happened_nothing_is_signed(committed_world: World) -> None:
    seal_and_sign()
    before = Checkpoint.objects.count()

    sign(0)
    sign_parts_too(0)

    assert Checkpoint.objects.count() == before
    assert SigningKey.objects.count() == 1
    assert sign_parts() == 0


@pytest.mark.django_db
def test_an_empty_log_is_not_signed() -> None:
    assert sign_whole() is None
    assert sign_part(UUID(int=1)) is None


def test_what_is_sealed_twice_takes_no_second_number(committed_world: World) -> None:
    seal_all()
    entries = list(Entry.objects.order_by("number").values_list("number", "fact_id"))
    Tree.objects.filter(pk=WHOLE).update(size=0, peaks=b"")

    with pytest.raises(IntegrityError), transaction.atomic():
        seal_next({"era": 0, "xid": "0", "fact_id": 0})

    assert [number for number, _ in entries] == list(range(LoggedFact.objects.count()))
    assert list(Entry.objects.order_by("number").values_list("number", "fact_id")) == entries
