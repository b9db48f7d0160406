"""What was typed and handed in stands nowhere in the clear: kept, prepared, signed or logged."""

import base64
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin

from carestation.audit import verifier
from carestation.audit.commands.keeping import keep_outside
from carestation.exports.choices import Extent
from carestation.exports.commands import making
from carestation.exports.commands.exports import Wish, ask_export
from carestation.exports.commands.making import make_export
from carestation.exports.queries.archives import Writing, members_of
from carestation.groups.choices import Side
from carestation.kernel.ids import uuid7
from carestation.patients.forms.face_sheets import filled_form
from carestation.patients.models import Consent
from carestation.search.commands.documents import read_document
from carestation.ui.times import local_date
from carestation.vault import files
from carestation.vault.archives import Member
from config.demo.papers import AGENDA_CANARY, agenda
from tests.accounts.signing_in import sign_in_client
from tests.audit.sealed import seal_and_sign
from tests.audit.test_command import typed
from tests.audit.test_verifier import taken_away
from tests.facilities.people import a_manager
from tests.patients.test_consents import TYPED
from tests.search.looking import found_posts, let_index_follow
from tests.search.test_documents import post_with
from tests.vault.opening import opened_everywhere
from tests.world import FACE_SHEET, World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT
SEAL = ("audit_entry", "audit_mark", "audit_checkpoint", "audit_tree")
WORDS = {name: f"カナリア{name}kanaria{number}x" for number, name in enumerate(
    ("post", "family", "reply", "edit", "sheet", "search", "address", "filename", "pixels",
     "sign-in", "password", "explainer", "consent", "withdrawal",
     "invited", "patient", "group", "emergency", "sought", "export")
)}  # fmt: skip
WORDS["mail"] = "kanaria-of-a-mail-99x"
WORDS["document"] = AGENDA_CANARY
WORDS["offer"] = "kanaria-of-an-offer-98x"
WORDS["phrase"] = "kanaria-of-a-pass-phrase-97x"


def forms_of(word: str) -> set[bytes]:
    """Return how a word could stand somewhere."""
    raw = word.encode()
    shifted = {base64.b64encode(b"x" * n + raw)[4:-4] for n in range(3)}
    spelled = {json.dumps(word)[1:-1].encode(), quote(word).encode(), raw.hex().encode()}
    return {raw, word.encode("utf-16-le"), *spelled, *shifted}


def everything_kept() -> Iterator[tuple[str, bytes]]:
    """Return every table as text, bytes in hexadecimal, and every sealed file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")  # noqa: S608 - the database's own names
            (text,) = cursor.fetchone() or ("",)
            yield table, text.encode()
    folder = Path(settings.BLOB_URL.partition("://")[2])
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path.name), path.read_bytes()


def a_picture_that_says(word: str) -> bytes:
    file, said = BytesIO(), PngImagePlugin.PngInfo()
    said.add_text("Comment", word)
    Image.new("RGB", (64, 64), "white").save(file, "PNG", pnginfo=said)
    return file.getvalue()


@pytest.mark.usefixtures("no_temporary_file", "small_pieces", "own_checkpoint")
@pytest.mark.control("8.24")
def test_no_word_that_was_typed_or_handed_in_is_found_where_it_is_kept(
    committed_world: World,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world, client = committed_world, Client()
    sign_in_client(client, world.people["kato"])
    group = world.group.pk
    type_everywhere(world, client)
    page = client.get(reverse("timeline:timeline", args=[group, PRO])).content.decode()
    family = client.get(reverse("timeline:timeline", args=[group, PAT])).content.decode()
    posts = client.get(f"/api/v1/groups/{group}/professional/posts").content.decode()
    sheet = client.get(reverse("patients:face_sheet", args=[group, PRO])).content.decode()
    told = client.get(reverse("patients:consents", args=[group, PRO])).content.decode()
    home = client.get(reverse("timeline:home")).content.decode()
    offers = client.get(reverse("groups:connections")).text

    _, file = post_with(world, agenda())
    assert opened_everywhere()["patients_emergencyaccess.reason_sealed"] == 1
    let_index_follow()
    read_document(file)
    sought = [found_posts(world, "kato", WORDS[name]) for name in ("edit", "document")]
    prepared, signed = export_in_preparation(world), what_is_signed(world, tmp_path)
    kept = dict(everything_kept()) | prepared | signed
    said = (caplog.text + "".join(capsys.readouterr())).encode()

    assert [name for name in ("edit", "reply") if WORDS[name] not in page] == []
    assert WORDS["filename"] in json.dumps(json.loads(posts), ensure_ascii=False)
    assert WORDS["family"] in family
    assert WORDS["sheet"] in sheet
    assert WORDS["offer"] in offers
    assert [name for name in ("patient", "group") if WORDS[name] not in home] == []
    assert [
        name for name in ("explainer", "consent", "withdrawal") if WORDS[name] not in told
    ] == []
    found = {
        (where, name)
        for name, word in WORDS.items()
        for where, data in (kept | {"the log": said}).items()
        for form in forms_of(word)
        if form in data
    }
    assert found == set()
    assert len(kept) > 20
    assert [len(one) for one in sought] == [1, 1]
    assert len(kept["search_entry"]) > 1000
    assert all(kept[table] for table in SEAL)
    assert "書きかえはありません" in said.decode()
    assert '"intact": true' in said.decode()


@pytest.fixture
def no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everyone fail who would write a temporary file, here or in a program that is begun."""
    nowhere = str(tmp_path / "nothing-is-written-here")
    monkeypatch.setattr("tempfile.tempdir", nowhere)
    monkeypatch.setenv("TMPDIR", nowhere)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be sealed in pieces so small that half of a small archive lies on disk."""
    monkeypatch.setattr(files, "PIECE_BYTES", 1024)


@pytest.fixture
def own_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the newest checkpoint beside this test: workers of others sign theirs once a minute."""
    monkeypatch.setattr(settings, "CHECKPOINT_FILE", tmp_path / "beside" / "checkpoint.txt")


def export_in_preparation(world: World) -> dict[str, bytes]:
    """Ask for an export, and return what lies anywhere before its last member is written."""
    wish = Wish(extent=Extent.FACILITY, reason=WORDS["export"], pass_phrase=WORDS["phrase"])
    export = ask_export(a_manager(world), wish)
    asked = {f"asked for: {where}": data for where, data in everything_kept()}
    half: dict[str, bytes] = {}

    def watched(writing: Writing) -> Iterator[Member]:
        yield from members_of(writing)
        half.update((name, data) for name, data in everything_kept() if name.endswith(".new"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "members_of", watched)
        make_export(export.pk)
    assert sum(map(len, half.values())) > 10_000
    assert not any(b"PK\x03\x04" in data for data in half.values())
    return asked | half


def what_is_signed(world: World, folder: Path) -> dict[str, bytes]:
    """Sign everything, let both programs verify it, and return what leaves the database."""
    keep_outside(seal_and_sign())
    part = taken_away(world, folder / "part")
    assert [verifier.main([str(part)]), typed("--json"), typed()] == [0, 0, 0]
    leaving = [settings.CHECKPOINT_FILE, *sorted(part.iterdir())]
    return {path.name: path.read_bytes() for path in leaving}


def type_everywhere(world: World, client: Client) -> None:
    group = world.group.pk
    draft = uuid7()
    picture = SimpleUploadedFile(
        f"{WORDS['filename']}.png", a_picture_that_says(WORDS["pixels"]), "image/png"
    )
    file_id = client.post("/files/", {"file": picture}, headers={"Accept": "text/html"})
    assert file_id.status_code == 201
    answers = [
        publish(client, world, PRO, draft_id=draft, body=WORDS["post"], attachments=uploaded()),
        publish(client, world, PAT, body=WORDS["family"], is_confirmed="on"),
        publish(client, world, PRO, body=WORDS["reply"], parent_id=newest(client, world)),
        client.post(
            reverse("timeline:edit", args=[group, PRO, newest(client, world)]),
            {"body": WORDS["edit"]},
        ).status_code,
        client.post(
            reverse("patients:edit_face_sheet", args=[group, PRO]),
            filled_form(FACE_SHEET, 1) | dict.fromkeys(("name", "contact"), WORDS["sheet"]),
        ).status_code,
        client.post(
            reverse("patients:consents", args=[group, PRO]),
            TYPED | {"explained_by": WORDS["explainer"], "note": WORDS["consent"]},
        ).status_code,
        client.post(
            reverse("patients:invite", args=[group, PRO]),
            {
                "email": f"{WORDS['mail']}@example.org",
                "role": "professional",
                "name": WORDS["invited"],
            },
        ).status_code,
        client.post(
            reverse("patients:withdraw_consent", args=[group, PRO]),
            {
                "consent_id": Consent.objects.get().pk,
                "withdrawn_on": local_date().isoformat(),
                "note": WORDS["withdrawal"],
            },
        ).status_code,
        client.post(
            reverse("patients:register"),
            filled_form(FACE_SHEET, 1)
            | dict.fromkeys(("name", "kana", "allergies"), WORDS["patient"])
            | {"place": world.staff["kato"].pk},
        ).status_code,
        client.post(
            reverse("groups:connections"), {"email": f"{WORDS['offer']}@example.org"}
        ).status_code,
        client.post(
            reverse("groups:open_free"),
            {"name": WORDS["group"], "place": world.staff["kato"].pk},
        ).status_code,
    ]
    assert answers == [302] * len(answers)
    client.get(reverse("timeline:home"), {"words": WORDS["search"]})
    assert in_an_emergency(world) == [422, 302]
    wrong = {"email": f"{WORDS['sign-in']}@example.org", "password": WORDS["password"]}
    Client().post(reverse("accounts:sign_in"), wrong)
    Client().post("/api/v1/sessions", json.dumps(wrong), content_type="application/json")


def publish(client: Client, world: World, side: Side, **said: object) -> int:
    draft = {"draft_id": str(uuid7())} | said
    return client.post(reverse("timeline:publish", args=[world.group.pk, side]), draft).status_code


def uploaded() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM timeline_attachment")
        return str((cursor.fetchone() or ("",))[0])


def newest(client: Client, world: World) -> str:
    url = f"/api/v1/groups/{world.group.pk}/professional/posts?limit=100"
    posts = client.get(url).json()["posts"]
    return str(next(one["id"] for one in posts if one["parent"] is None))


def in_an_emergency(world: World) -> list[int]:
    """Let a colleague outside the group look for someone, and then for the patient."""
    client = Client()
    sign_in_client(client, world.people["ito"])
    typed = filled_form(FACE_SHEET, 1) | {
        "place": world.staff["ito"].pk,
        "reason": WORDS["emergency"],
        "is_urgent": "on",
    }
    return [
        client.post(reverse("patients:emergency"), typed | more).status_code
        for more in ({"kana": WORDS["sought"]}, {})
    ]
