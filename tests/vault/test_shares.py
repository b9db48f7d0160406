"""The root comes back from two of three lists of words, and from no one alone."""

import io
from collections.abc import Iterator
from itertools import combinations, permutations
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from shamir_mnemonic import combine_mnemonics

from carestation.vault.keyfiles import write_key_file
from carestation.vault.keysets import promoted, with_new_key
from carestation.vault.rehearsals import rehearsed_at
from carestation.vault.roots import root, written_root
from carestation.vault.sealing import new_sealing_keyset, sealing_primitive
from carestation.vault.shares import WrongShares, root_from, shares_of
from config.cli import main
from config.environment import environment
from tests.world import World

# From the published vectors of SLIP-39: two of three, 128 bits.
TWO_OF_THREE = """
shadow pistol academic always adequate wildlife fancy gross oasis cylinder mustang wrist rescue \
view short owner flip making coding armed
shadow pistol academic acid actress prayer class unknown daughter sweater depict flip twice unkind \
craft early superior advocate guest smoking
"""


@pytest.mark.control("8.24")
@pytest.mark.parametrize("chosen", list(permutations(range(3), 2)))
def test_any_two_shares_bring_the_root_back(chosen: tuple[int, int]) -> None:
    keyset = new_sealing_keyset()
    shares = shares_of(keyset)
    wrapped = sealing_primitive(keyset).encrypt(b"a facility's key", b"x")

    back = root_from([shares[number] for number in chosen])

    assert sealing_primitive(back).decrypt(wrapped, b"x") == b"a facility's key"


@pytest.mark.control("8.24")
def test_one_share_or_a_wrong_word_or_shares_of_two_makings_bring_nothing_back() -> None:
    keyset = new_sealing_keyset()
    one, other, _ = shares_of(keyset)
    words = other.split()
    words[7] = "academic" if words[7] != "academic" else "acid"
    for wrong in ([one], [one, one], [one, " ".join(words)], [one, shares_of(keyset)[1]], ["", ""]):
        with pytest.raises(WrongShares):
            root_from(wrong)


def test_each_making_has_other_words() -> None:
    keyset = new_sealing_keyset()

    assert not set(shares_of(keyset)) & set(shares_of(keyset))


def test_of_a_root_that_turns_the_shares_hold_the_key_that_wraps() -> None:
    keyset = promoted(with_new_key(new_sealing_keyset(), new_sealing_keyset()))
    wrapped = sealing_primitive(keyset).encrypt(b"k", b"x")

    for pair in combinations(shares_of(keyset), 2):
        assert sealing_primitive(root_from(list(pair))).decrypt(wrapped, b"x") == b"k"


def test_the_published_vector_of_the_format() -> None:
    secret = combine_mnemonics(TWO_OF_THREE.strip().splitlines(), b"TREZOR")

    assert secret.hex() == "b43ceb7e57a0ea8766221624d01b0864"


@pytest.fixture
def own_root(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "root.json"
    path.parent.mkdir()
    kept = Path(settings.KEY_URL.removeprefix("file://"))
    path.write_text(kept.read_text())
    settings.KEY_URL = f"file://{path}"
    return path


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.mark.control("8.24")
def test_shares_are_rehearsed_and_the_check_says_of_which_root(
    world: World,
    own_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shares = shares_of(written_root())
    assert main(["keys", "check"]) == 0
    assert "No shares" in capsys.readouterr().out

    typed(monkeypatch, shares[2], shares[0].upper())
    assert main(["keys", "rehearse"]) == 0

    assert rehearsed_at() is not None
    assert main(["keys", "check"]) == 0
    assert "were tried at" in capsys.readouterr().out
    root().add()
    root().promote()
    assert rehearsed_at() is None


def test_shares_of_another_root_are_told_apart(
    world: World,
    own_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed(monkeypatch, *shares_of(new_sealing_keyset())[:2])

    assert main(["keys", "rehearse"]) == 1
    assert "another root" in capsys.readouterr().err
    assert rehearsed_at() is None


def test_the_words_are_printed_and_asked_for_at_once(
    world: World,
    own_root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed(monkeypatch, "not", "known")

    assert main(["keys", "shares"]) == 1

    said = capsys.readouterr().out
    words = [line for line in said.splitlines() if len(line.split()) > 20]
    assert len(words) == 3
    assert sealing_primitive(root_from(words[1:])) is not None


@pytest.fixture
def nothing_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder in whose surroundings nothing else is said."""
    monkeypatch.delenv("KEY_URL")
    monkeypatch.setenv("CARESTATION_DATA", "elsewhere")
    yield tmp_path
    monkeypatch.undo()
    environment.cache_clear()


@pytest.mark.control("8.24")
def test_a_lost_root_is_put_back_and_one_that_is_there_is_never_touched(
    nothing_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyset, path = new_sealing_keyset(), nothing_runs / "keys" / "root.json"
    shares = shares_of(keyset)

    typed(monkeypatch, *shares[:2])
    assert main(["keys", "recover", f"--data={nothing_runs}"]) == 0
    written = path.read_text()
    typed(monkeypatch, *shares[1:])
    assert main(["keys", "recover", f"--data={nothing_runs}"]) == 1

    assert path.stat().st_mode & 0o777 == 0o400
    assert path.read_text() == written
    again = nothing_runs / "again.json"
    write_key_file(again, keyset)
    assert again.read_text() == written
