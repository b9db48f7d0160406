"""What a facility took away is verified on any machine, by one file that needs nothing of ours."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from carestation.audit import verifier
from carestation.audit.models import Entry
from carestation.audit.queries.checkpoints import published_keys
from carestation.audit.queries.proofs import notes_of, proof_of
from carestation.factlog.checkpoints import FIRST, Head, Signed, note_of, notes_in, told_key
from carestation.factlog.merkle import Frontier
from carestation.groups.choices import Side
from carestation.timeline.commands.posts import publish_post
from carestation.ui.times import TOKYO
from carestation.vault.signing import new_signer
from tests.audit.sealed import COPY, change, seal_and_sign, undone
from tests.audit.test_verification import older_state
from tests.world import World, a_draft

# RFC 8032, 7.1: public key, message, signature.
KNOWN: Final = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
)
NUMBER: Final = 6  # of the fact that is bent, in the facility's part


@pytest.mark.parametrize(("key", "message", "signature"), KNOWN)
def test_signatures_are_those_of_the_rfc(key: str, message: str, signature: str) -> None:
    def signed(words: str, by: str) -> bool:
        return verifier.is_signed(words, bytes.fromhex(by), bytes.fromhex(key))

    words = bytes.fromhex(message).decode()

    assert signed(words, signature)
    assert not signed(f"{words}x", signature)
    assert not signed(words, f"00{signature[2:]}")
    assert not signed(words, f"{signature[:-2]}ff")
    assert not signed(words, signature[:-2])


def test_it_is_one_file_that_needs_python_alone() -> None:
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported <= sys.stdlib_module_names


def taken_away(world: World, folder: Path) -> Path:
    """Write what a facility takes away into a folder."""
    folder.mkdir(exist_ok=True)
    facility_id = world.facility.pk
    lines = [json.dumps(line, ensure_ascii=False) + "\n" for line in proof_of(facility_id)]
    (folder / "facts.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "checkpoints.txt").write_text("\n".join(notes_of(facility_id)), encoding="utf-8")
    (folder / "key.txt").write_text(published_keys()[-1], encoding="utf-8")
    return folder


def bent_in_the_database(statements: tuple[str, ...], place: int) -> None:
    world_part = Entry.objects.filter(facility_id__isnull=False).order_by("number")
    change(*statements, one=world_part[place].fact_id, other=world_part[place + 3].fact_id)


SIZES: Final = (3, 6, 9, 12)
HOLDS: Final = "all 12 lines are what was signed"
SWAP: Final = (
    "UPDATE factlog_loggedfact SET id = -1 WHERE id = %(one)s",
    "UPDATE factlog_loggedfact SET id = %(one)s WHERE id = %(other)s",
    "UPDATE factlog_loggedfact SET id = %(other)s WHERE id = -1",
)
BENT: Final = (
    ("UPDATE factlog_loggedfact SET actor_id = gen_random_uuid() WHERE id = %(one)s",),
    ("UPDATE factlog_loggedfact SET kind = 'x' WHERE id = %(one)s",),
    ("UPDATE factlog_loggedfact SET facility_id = NULL WHERE id = %(one)s",),
    ("DELETE FROM factlog_loggedfact WHERE id = %(one)s",),
    ("DELETE FROM factlog_loggedfact WHERE id >= %(one)s",),
    SWAP,
)


@pytest.mark.control("8.15")
def test_what_was_bent_in_the_database_is_named_by_its_first_wrong_line(
    fresh_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal_and_sign()
    well = verifier.main([str(taken_away(fresh_world, tmp_path / "well"))])
    said_well = capsys.readouterr().out
    codes, said = [], []
    for statements in (*BENT, (COPY,)):
        with undone():
            bent_in_the_database(statements, NUMBER)
            codes.append(verifier.main([str(taken_away(fresh_world, tmp_path / "bent"))]))
        said.append(capsys.readouterr().out)

    assert well == 0
    assert "書きかえはありません" in said_well
    assert codes == [1] * 7
    *first, put_in = said
    assert all(f"WRONG at line {NUMBER + 1}:" in one for one in first), first
    # Behind its original, as the last of the same transaction.
    assert f"WRONG at line {NUMBER + 3}: this fact was put in" in put_in


@pytest.mark.control("8.15")
def test_an_export_of_an_older_state_is_named_by_the_checkpoint_that_was_kept(
    fresh_world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal_and_sign()
    put_back, seat = older_state(), fresh_world.seat("kato", Side.PROFESSIONAL)
    publish_post(seat, a_draft())
    seal_and_sign()
    *_, kept = notes_of(fresh_world.facility.pk)
    letter = tmp_path / "letter.eml"
    letter.write_text(f"要約です。\n\n{kept}", encoding="utf-8")
    key = published_keys()[-1]

    def verified() -> int:
        folder = taken_away(fresh_world, tmp_path / "part")
        return verifier.main([str(folder), "--key", key, "--against", str(letter)])

    before = verified()
    put_back()
    older = verified()
    said_older = capsys.readouterr().out
    publish_post(seat, a_draft())
    publish_post(seat, a_draft())
    seal_and_sign()
    grown = verified()

    assert (before, older, grown) == (0, 1, 1)
    assert "older, or put back to an older state" in said_older
    assert "put back and written anew" in capsys.readouterr().out


def a_part(folder: Path, signed_at: tuple[int, ...] = (5, 12)) -> None:
    """Make a part as an export has it, signed now and then by a key of its own."""
    signer, tree, name = new_signer(), Frontier(), "care.example.jp/facts"
    lines, notes, previous = [], [], FIRST
    for number in range(12):
        fact = a_fact(number)
        leaf = verifier.leaf_of(fact)
        tree.extend([leaf])
        lines.append(json.dumps(fact | {"number": number, "leaf": leaf.hex()}))
        if tree.size not in signed_at:
            continue
        head = Head(
            origin=f"{name}/{UUID(int=1)}",
            size=tree.size,
            root=tree.root(),
            at=datetime(2026, 11, 28, 12, tzinfo=TOKYO),
            previous=previous,
            whole=FIRST,
        )
        signed = Signed(head=head, key_hash=bytes(4), signature=signer.sign(head.text()))
        notes.append(note_of(signed, name))
        previous = head.digest()
    (folder / "facts.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "checkpoints.txt").write_text("\n".join(notes), encoding="utf-8")
    (folder / "key.txt").write_text(told_key(name, signer.public()), encoding="utf-8")


def a_fact(number: int) -> dict[str, object]:
    ids = ("actor_id", "facility_id", "group_id", "object_id", "request_id")
    more = {"at": "2026-11-28T12:00:00.000001+09:00", "patient_id": None, "detail": {"a": 1}}
    return {"era": 1, "xid": "7", "id": number, "kind": "x"} | more | dict.fromkeys(ids, "u")


def the_last_line_cut(text: str) -> str:
    return text[: text[:-1].rindex("\n") + 1]


@pytest.mark.parametrize(
    ("file", "bend", "said"),
    [
        ("facts.jsonl", lambda text: text, "OK: 12 facts, 2 signed checkpoints"),
        ("facts.jsonl", lambda text: text.replace('"era": 1', '"era": 2', 1), "at line 1: this"),
        ("facts.jsonl", lambda text: text.split("\n", 1)[1], "at line 1: a line is missing"),
        ("facts.jsonl", lambda text: text + text, "at line 13: a line is missing or moved"),
        ("facts.jsonl", the_last_line_cut, "at line 12: lines are missing"),
        ("checkpoints.txt", lambda _: "", "there is no checkpoint signed by this key"),
        (
            "checkpoints.txt",
            lambda text: text.replace("\n12\n", "\n13\n"),
            "WRONG: the checkpoint of 13 facts is not what was signed; line 6: not signed",
        ),
        (
            "checkpoints.txt",
            lambda text: text.replace("\n5\n", "\n6\n"),
            "WRONG: the checkpoint of 6 facts is not what was signed; all 12 lines are what was",
        ),
        (
            "checkpoints.txt",
            lambda text: text[text.index("=\n\n") + 3 :],
            "WRONG: the checkpoint of 12 facts lacks the one before it; all 12 lines are what was",
        ),
        ("key.txt", lambda _: "another+00000000+AQAAAAAA", "no checkpoint signed by this key"),
        ("facts.jsonl", lambda _: "words\n", "cannot be read"),
    ],
)
def test_a_file_that_was_bent_is_found_out(
    tmp_path: Path, file: str, bend: Callable[[str], str], said: str
) -> None:
    a_part(tmp_path)
    path = tmp_path / file
    path.write_text(bend(path.read_text(encoding="utf-8")), encoding="utf-8")

    program = [sys.executable, "-I", str(Path(verifier.__file__)), str(tmp_path)]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)  # noqa: S603

    assert said in ended.stdout
    assert (ended.returncode == 0) == said.startswith("OK")


def test_lines_and_their_hashes_bent_together_do_not_lead_to_the_root(tmp_path: Path) -> None:
    a_part(tmp_path)
    path = tmp_path / "facts.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines[7]["kind"] = "y"
    lines[7]["leaf"] = verifier.leaf_of(lines[7]).hex()
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    key = verifier.public_key((tmp_path / "key.txt").read_text(encoding="utf-8"))

    with pytest.raises(verifier.WrongError, match="from this line to line 12") as wrong:
        verifier.verify(tmp_path, key)

    assert wrong.value.line == 6


def test_a_checkpoint_and_a_line_that_were_bent_are_both_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_part(tmp_path)
    for name, old, new in (
        ("checkpoints.txt", "\n5\n", "\n6\n"),
        ("facts.jsonl", '"id": 8', '"id": 9'),
    ):
        path = tmp_path / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    code = verifier.main([str(tmp_path)])

    said = "the checkpoint of 6 facts is not what was signed; line 9: this line is not as it was"
    assert (code, said in capsys.readouterr().out) == (1, True)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_of_many_checkpoints_the_one_that_is_missing_or_bent_is_named(
    tmp_path: Path, place: int
) -> None:
    a_part(tmp_path, signed_at=SIZES)
    path = tmp_path / "checkpoints.txt"
    notes = notes_in(path.read_text(encoding="utf-8"))
    bent = [note.replace(f"\n{SIZES[place]}\n", "\n7\n") for note in notes]
    key = verifier.public_key((tmp_path / "key.txt").read_text(encoding="utf-8"))
    said = []
    for found in (notes[:place] + notes[place + 1 :], bent):
        path.write_text("\n".join(found), encoding="utf-8")
        with pytest.raises(verifier.WrongError) as wrong:
            verifier.verify(tmp_path, key)
        said.append(wrong.value.english)

    assert said == [
        f"the checkpoint of {SIZES[place + 1]} facts lacks the one before it; {HOLDS}",
        f"the checkpoint of 7 facts is not what was signed; {HOLDS}",
    ]
