import pytest
from django.test import Client
from django.urls import reverse

from carestation.factlog.models import LoggedFact
from carestation.groups.choices import Side
from carestation.timeline.commands.posts import publish_post
from tests.accounts.signing_in import sign_in_client
from tests.world import World, a_draft

PRO = Side.PROFESSIONAL


def looks(world: World, name: str) -> list[str]:
    own = LoggedFact.objects.filter(actor_id=world.people[name].pk, group_id=world.group.pk)
    return list(own.order_by("id").values_list("kind", flat=True))


@pytest.mark.control("8.15")
@pytest.mark.parametrize(
    ("name", "more", "kind"),
    [
        ("timeline:timeline", (), "timeline.TimelineViewed"),
        ("timeline:after", (0,), "timeline.TimelineViewed"),
        ("timeline:post", ("post",), "timeline.PostViewed"),
        ("timeline:versions", ("post",), "timeline.PostViewed"),
        ("timeline:album", (), "timeline.AlbumViewed"),
        ("timeline:members", (), "groups.MembersViewed"),
        ("patients:face_sheet", (), "patients.FaceSheetViewed"),
        ("patients:edit_face_sheet", (), "patients.FaceSheetViewed"),
    ],
)
def test_a_look_at_what_is_a_patients_leaves_its_fact(
    world: World, name: str, more: tuple[object, ...], kind: str
) -> None:
    post = publish_post(world.seat("kato", PRO), a_draft()).post
    client = Client()
    sign_in_client(client, world.people["sato"])
    rest = [post.pk if one == "post" else one for one in more]

    answer = client.get(reverse(name, args=[world.group.pk, PRO, *rest]))

    assert answer.status_code == 200
    assert looks(world, "sato")[-1] == kind


@pytest.mark.control("8.15")
def test_the_list_of_patients_leaves_its_fact(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["sato"])

    client.get(reverse("timeline:home"))

    kinds = LoggedFact.objects.filter(actor_id=world.people["sato"].pk)
    assert "patients.PatientsListed" in kinds.values_list("kind", flat=True)


def test_an_empty_answer_shows_nothing_and_leaves_nothing(world: World) -> None:
    client = Client()
    sign_in_client(client, world.people["sato"])
    seq = world.timeline(PRO).seq

    answer = client.get(reverse("timeline:after", args=[world.group.pk, PRO, seq]))

    assert answer.status_code == 200
    assert "timeline.TimelineViewed" not in looks(world, "sato")
