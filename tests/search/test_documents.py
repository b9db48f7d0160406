"""The words of documents are read by the worker, and found as 書類の中."""

import sys
import tempfile
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfWriter

from carestation.groups.choices import Side
from carestation.search.choices import EntryKind, Job
from carestation.search.commands.documents import read_document
from carestation.search.commands.rebuilding import rebuild_index
from carestation.search.models import DocumentText
from carestation.search.queries.finding import WINDOW, excerpt_of
from carestation.timeline.commands.changes import withdraw_post
from carestation.timeline.commands.files import upload_file
from carestation.timeline.media import workshop
from carestation.timeline.media.refusals import FileRefused
from carestation.timeline.media.words import SIGNS_AT_MOST, words_of_document
from carestation.timeline.media.workshop import words_in
from config.demo.papers import agenda
from tests.search.looking import found_posts, let_index_follow, look, say
from tests.timeline.pictures import a_pdf, written
from tests.world import World

PRO, PAT = Side.PROFESSIONAL, Side.PATIENT


def post_with(world: World, data: bytes, name: str = "次第.pdf") -> tuple[UUID, UUID]:
    file = upload_file(world.actor("kato"), name, data).file
    return say(world, "kato", PRO, "資料です。", attachments=(file.id,)), file.id


def let_worker_read() -> list[UUID]:
    """Do the jobs that wait, as the worker would."""
    waiting = ProcrastinateJob.objects.filter(task_name=Job.READ_DOCUMENT).order_by("id")
    files = [UUID(job.args["file_id"]) for job in waiting]
    for file_id in files:
        read_document(file_id)
    return files


def test_a_document_is_found_by_what_stands_in_it(world: World) -> None:
    post, file = post_with(world, agenda())
    let_index_follow()
    before = found_posts(world, "sato", "残薬 血圧")
    assert let_worker_read() == [file]

    [hit] = look(world, "sato", "残薬 血圧").hits

    assert before == []
    assert (hit.kind, hit.post_id, hit.file_id) == (EntryKind.DOCUMENT, post, file)
    assert hit.file_name == "次第.pdf"
    assert {part.text for part in hit.parts if part.is_marked} <= {"残薬", "血圧"}
    assert found_posts(world, "sato", "次第.pdf") == [post]
    assert found_posts(world, "sato", "残薬", kinds=(EntryKind.POST,)) == []


@pytest.mark.control("8.3")
def test_what_stands_in_a_document_is_found_at_its_side_alone(world: World) -> None:
    post, _ = post_with(world, agenda())
    let_index_follow()
    let_worker_read()

    assert found_posts(world, "mori", "残薬") == []
    assert found_posts(world, "ito", "残薬") == []
    withdraw_post(world.seat("kato", PRO), post)
    assert found_posts(world, "sato", "残薬") == []
    let_index_follow()
    assert found_posts(world, "sato", "残薬") == []


def test_a_document_is_read_once_and_again_by_a_rebuild_where_it_never_was(world: World) -> None:
    post, file = post_with(world, agenda())
    assert list(rebuild_index()) == [1]
    let_worker_read()
    read_document(file)

    assert DocumentText.objects.count() == 1
    assert found_posts(world, "sato", "残薬") == [post]
    list(rebuild_index())
    assert len(let_worker_read()) == 1


def test_a_document_without_text_is_found_by_its_name(world: World) -> None:
    post, _ = post_with(world, written(a_pdf()), "空白.pdf")
    let_index_follow()
    let_worker_read()

    assert found_posts(world, "sato", "空白") == [post]
    assert DocumentText.objects.count() == 1


def test_what_is_no_document_of_a_post_is_not_read(world: World) -> None:
    file = upload_file(world.actor("kato"), "まだ.pdf", agenda()).file

    read_document(file.id)

    assert not DocumentText.objects.exists()


@pytest.mark.control("8.24")
def test_reading_leaves_no_plain_text_behind(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _, file = post_with(world, agenda())
    read_document(file)

    text = DocumentText.objects.get()
    assert list(tmp_path.iterdir()) == []
    assert "残薬".encode() not in bytes(text.words_sealed)


def test_a_document_that_takes_too_long_has_no_words_and_the_worker_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = post_with(world, agenda())
    endless = (sys.executable, "-I", "-c", "while True: pass")
    monkeypatch.setattr(workshop, "WORKBENCH", endless)
    monkeypatch.setattr(workshop, "WORDS_SECONDS", 0.2)

    with pytest.raises(FileRefused):
        words_in(agenda())
    read_document(file)

    assert found_posts(world, "sato", "残薬") == []
    assert DocumentText.objects.filter(file_id=file).exists()


def test_so_much_of_a_document_is_read_and_no_more() -> None:
    writer = PdfWriter(clone_from=BytesIO(agenda()))
    for page in list(writer.pages)[:1] * 700:
        writer.add_page(page)

    words = words_of_document(written(writer))

    assert 50_000 < len(words) <= SIGNS_AT_MOST + 700
    with pytest.raises(FileRefused):
        words_in(b"%PDF-1.7 broken")


def test_of_a_long_text_the_piece_with_the_words_is_shown() -> None:
    text = "あ" * (WINDOW * 7 - 3) + "ムクミ" + "い" * WINDOW

    shown = excerpt_of(("むくみ",), text)

    assert [part.text for part in shown if part.is_marked] == ["ムクミ"]
    assert sum(len(part.text) for part in shown) < 200


def test_a_table_that_was_pasted_is_found_by_its_cells(world: World) -> None:
    post = say(world, "kato", PRO, "日付\t体温\t血圧\n11/28\t36.8\t122/66")
    let_index_follow()

    assert found_posts(world, "sato", "体温 122/66") == [post]
    assert found_posts(world, "sato", "36.8") == [post]
