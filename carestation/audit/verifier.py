"""操作の記録の確認プログラム / Verifies a facility's exported record of acts, on any machine.

    python3 verify.py FOLDER [--key KEY] [--against FILE]…

One file, Python 3.10 or later, nothing to install, no network. FOLDER is the export, unpacked:
`facts.jsonl` (a fact a line), `checkpoints.txt` (what was signed), `key.txt` (who signed). Give the
key that you wrote down earlier with --key, and mails with checkpoints, saved as files, with
--against: only what you kept yourself proves that nothing was put back to an older state.

How: each line is hashed (SHA-256 over 0x00 and its fields) and must be what was sealed; over the
hashes grows the tree of RFC 6962, whose root must be the one that was signed (C2SP tlog-checkpoint,
Ed25519 of RFC 8032). The first wrong line is named; two lines between which it is, where its hash
was bent alike. Of what went after its term the hash is there, and a later fact says how much went.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import reduce
from pathlib import Path

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - runs on Python 3.10 too
MICROSECOND = timedelta(microseconds=1)
NOTE = re.compile(
    r"^(\S+/facts(?:/[0-9a-f-]{36})?\n\d+\n[\w+/=]+\n(?:[a-z]+ \S+\n)+)\n— \S+ ([\w+/=]+)\n",
    re.MULTILINE,
)
FIRST = bytes(32)
KEY_HASH = 4
SHORTEST_TERM, SIGNED_WITHIN = timedelta(days=5 * 365), timedelta(days=31)
CHANGED = "が、署名されたものとちがいます", "is not what was signed"
LACKS = "の前の要約がありません", "lacks the one before it"


class WrongError(Exception):
    """What is wrong, in Japanese and in English; `line`: the first wrong one, from 1."""

    def __init__(self, japanese: str, english: str, line: int = 0) -> None:
        super().__init__(english)
        self.japanese, self.english, self.line = japanese, english, line


Bent = WrongError | None


class Checkpoint:
    """What was signed: of which tree, how many facts, their root, and which one came before."""

    def __init__(self, text: str, signature: bytes) -> None:
        self.text, self.signature = text, signature
        self.origin, size, root, at, previous, *_ = text.split("\n")
        self.size, self.root = int(size), base64.b64decode(root)
        self.at = datetime.fromisoformat(at.removeprefix("at "))
        self.previous = base64.b64decode(previous.removeprefix("previous "))
        self.digest = hashlib.sha256(text.encode()).digest()


@dataclass
class Removal:
    """How many facts are no more, from before when, up to which line; `count`: those found so."""

    before: datetime
    total: int
    upto: int
    count: int = 0


@dataclass
class Tree:
    """The tree of RFC 6962, by the roots of its whole subtrees, the largest first."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        """Grow by one."""
        count = self.size
        while count & 1:
            leaf = _node(self.peaks.pop(), leaf)
            count >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root as it stands."""
        return reduce(lambda root, peak: _node(peak, root), reversed(self.peaks))


def main(arguments: list[str] | None = None) -> int:
    """Verify: 0 where all is well, 1 where something is wrong, 2 where it is no export."""
    parser = argparse.ArgumentParser(description="操作の記録が書きかえられていないかを確認します")
    parser.add_argument("folder", type=Path, help="書き出しを展開したフォルダー / the export")
    parser.add_argument("--key", help="控えておいた公開鍵 / the public key as you wrote it down")
    parser.add_argument(
        "--against", type=Path, action="append", default=[], help="控えた要約 / kept checkpoints"
    )
    options = parser.parse_args(arguments)
    try:
        key = options.key or _text(options.folder / "key.txt").strip()
        kept = [one for path in options.against for one in read_checkpoints(_text(path))]
        size, signed, removal = verify(options.folder, public_key(key), kept)
    except WrongError as wrong:
        place = f"{wrong.line}行目：" if wrong.line else ""
        _say(f"まちがいがあります。{place}{wrong.japanese}")
        _say(f"WRONG{f' at line {wrong.line}' if wrong.line else ''}: {wrong.english}")
        return 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        _say(f"書き出しとして読めません：{error} / This cannot be read as an export.")
        return 2
    _say(f"書きかえはありません：{size}件を、署名された要約{signed}個と照らしました。")
    if removal.count:
        day, count = f"{removal.before:%Y-%m-%d}", removal.count
        _say(f"うち{day}より前の{count}件は、保存の期限が過ぎて消えています。")
        _say(f"Intact; {count} facts before {day} were removed by policy.")
    _say(f"OK: {size} facts, {signed} signed checkpoints. / 公開鍵 key: {key}")
    if not options.key:
        _say("公開鍵が控えと同じか、くらべてください。 / Compare the key with the one you kept.")
    return 0


def verify(folder: Path, key: bytes, kept: Iterable[Checkpoint] = ()) -> tuple[int, int, Removal]:
    """Return how many facts and checkpoints were verified, and what went after its term.

    Raises:
        WrongError: what is wrong, and where first.
    """
    checkpoints = read_checkpoints(_text(folder / "checkpoints.txt"))
    sound, bent = _chained(checkpoints, key)
    if bent is not None:
        raise _told_of_lines(folder, sound, bent)
    size, removal = _verify_lines(folder, sound)
    _verify_kept(sound, list(kept), key)
    return size, len(sound), removal


def _told_of_lines(folder: Path, sound: list[Checkpoint], bent: WrongError) -> WrongError:
    """Say of a checkpoint that is not what was signed whether the lines are, all the same."""
    try:
        size, _ = _verify_lines(folder, sound)
        told = f"{size}行は、すべて署名されたとおりです", f"all {size} lines are what was signed"
    except WrongError as wrong:
        told = f"行も、{wrong.line}行目：{wrong.japanese}", f"line {wrong.line}: {wrong.english}"
    return WrongError(f"{bent.japanese}。{told[0]}", f"{bent.english}; {told[1]}")


def _verify_lines(folder: Path, checkpoints: list[Checkpoint]) -> tuple[int, Removal]:
    roots = {one.size: one.root for one in checkpoints}
    tree, removal = Tree(), _removal(folder, checkpoints)
    for number, line in enumerate(_lines(folder / "facts.jsonl"), start=1):
        tree.add(_leaf(json.loads(line), number, removal))
        if tree.size in roots and tree.root() != roots[tree.size]:
            before = max((size for size in roots if size < tree.size), default=0)
            raise WrongError(
                f"この行から{tree.size}行目までのどこかが、署名されたものとちがいます",
                f"from this line to line {tree.size} something is not what was signed",
                before + 1,
            )
    last = max(roots)
    if tree.size < last:
        raise WrongError("ここから後ろがありません", "lines are missing from here", tree.size + 1)
    if tree.size > last:
        raise WrongError("ここから後ろは署名されていません", "not signed from here on", last + 1)
    return tree.size, removal


def _removal(folder: Path, checkpoints: list[Checkpoint]) -> Removal:
    """Return the newest removal that may be, and could when it was signed; its time is no proof."""
    newest = Removal(EPOCH, 0, 0)
    for number, line in enumerate(_lines(folder / "facts.jsonl"), start=1):
        if '"kind": "audit.FactsRemoved"' in line:
            fact = json.loads(line)
            before, at = map(datetime.fromisoformat, (fact["detail"]["before"], fact["at"]))
            signed = (one.size for one in checkpoints if one.at >= before + SIGNED_WITHIN)
            known = next((one.at for one in checkpoints if one.size >= number), EPOCH)
            if before <= min(at, known) - SHORTEST_TERM:
                newest = Removal(before, fact["detail"]["total"], next(signed, 0))
    return newest


def _chained(checkpoints: list[Checkpoint], key: bytes) -> tuple[list[Checkpoint], Bent]:
    """Return those that were signed, and what is wrong with the first that was not, or is missing.

    Each names the one before; so the last signature is one of them all.
    """
    sound: list[Checkpoint] = []
    bent: Bent = None
    expected: bytes | None = None  # by its digest; none where anything signed may come
    for place, one in enumerate(reversed(checkpoints)):
        is_next = one.digest == expected
        if not is_next and not is_signed(one.text, one.signature, key):
            if place and not sound:
                break
            bent, expected = _told(one.size, *CHANGED), None
            continue
        if not is_next and expected is not None:
            bent = _told(sound[-1].size, *LACKS)
        sound.append(one)
        expected = one.previous
    if not sound:
        raise WrongError("署名の合う要約がありません", "there is no checkpoint signed by this key")
    if expected not in {None, FIRST}:
        bent = _told(sound[-1].size, *LACKS)
    return sound[::-1], bent


def _told(size: int, japanese: str, english: str) -> WrongError:
    return WrongError(f"{size}件の要約{japanese}", f"the checkpoint of {size} facts {english}")


def _verify_kept(checkpoints: list[Checkpoint], kept: list[Checkpoint], key: bytes) -> None:
    texts, origin = {one.text for one in checkpoints}, checkpoints[0].origin
    for one in sorted(kept, key=lambda known: known.size):
        if one.origin != origin or one.text in texts:
            continue
        if not is_signed(one.text, one.signature, key):
            raise WrongError("控えの署名が合いません", "what you kept is not signed by this key")
        if one.size > checkpoints[-1].size:
            raise WrongError(
                f"控えには{one.size}件あります。前の状態にもどされたか、控えより古い書き出しです",
                f"you kept a checkpoint of {one.size} facts: older, or put back to an older state",
                checkpoints[-1].size + 1,
            )
        before = max((known.size for known in checkpoints if known.size < one.size), default=0)
        raise WrongError(
            f"控え（{one.size}件）とちがう記録です。前の状態にもどして書き直されています",
            f"not the record you kept ({one.size} facts): put back and written anew",
            before + 1,
        )


def _leaf(fact: dict, number: int, removal: Removal) -> bytes:  # type: ignore[type-arg]  # a line, as it is
    """Return the hash that was sealed, after the line was found to be what was sealed."""
    if fact["number"] is None:
        raise WrongError("書き足された行です", "this fact was put in and never sealed", number)
    if fact["number"] != number - 1:
        raise WrongError("行が抜けているか、動いています", "a line is missing or moved", number)
    if fact["id"] is None:
        removal.count += 1
        if not fact.get("removed") or number > removal.upto or removal.count > removal.total:
            raise WrongError("消された記録です", "this fact was taken away", number)
        return bytes.fromhex(fact["leaf"])
    if leaf_of(fact).hex() != fact["leaf"]:
        raise WrongError("書きかえられています", "this line is not as it was sealed", number)
    return bytes.fromhex(fact["leaf"])


def leaf_of(fact: dict) -> bytes:  # type: ignore[type-arg]  # a line, as it is
    """Return the hash of a fact: its fields in their order, an absent one empty."""
    at = (datetime.fromisoformat(fact["at"]) - EPOCH) // MICROSECOND
    ids = [fact[name] or "" for name in ("actor_id", "facility_id", "group_id", "patient_id")]
    detail = json.dumps(fact["detail"], ensure_ascii=False)
    parts = [fact["era"], fact["xid"], fact["id"], at, fact["kind"], *ids]
    parts += [fact["object_id"], fact["request_id"], detail]
    return hashlib.sha256(b"\x00" + "|".join(map(str, parts)).encode()).digest()


def read_checkpoints(text: str) -> list[Checkpoint]:
    """Return the checkpoints that stand somewhere in a text."""
    plain = "".join(f"{line.strip()}\n" for line in text.splitlines())
    return [Checkpoint(body, base64.b64decode(by)[KEY_HASH:]) for body, by in NOTE.findall(plain)]


def public_key(told: str) -> bytes:
    """Return the 32 bytes of a key as it is published: name+hash+base64."""
    return base64.b64decode(told.split("+", 2)[2])[1:]


def is_signed(text: str, signature: bytes, key: bytes) -> bool:
    """Return whether the key signed it: Ed25519 (RFC 8032, 5.1.7)."""
    if len(signature) != 64:  # noqa: PLR2004 - of RFC 8032
        return False
    here, there = _point(signature[:32]), _point(key)
    scalar = int.from_bytes(signature[32:], "little")
    if here is None or there is None or scalar >= ORDER:
        return False
    told = hashlib.sha512(signature[:32] + key + text.encode()).digest()
    factor = int.from_bytes(told, "little") % ORDER
    return _same(_times(scalar, BASE), _added(here, _times(factor, there)))


# The curve, in extended coordinates (X, Y, Z, T).
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
Point = tuple[int, int, int, int]


def _point(told: bytes) -> Point | None:
    y = int.from_bytes(told, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    x = PRIME - x if x & 1 != sign else x
    return x, y, 1, x * y % PRIME


def _added(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % PRIME
    b = (one[1] + one[0]) * (other[1] + other[0]) % PRIME
    c, d = 2 * one[3] * other[3] * CURVE % PRIME, 2 * one[2] * other[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _times(factor: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = _added(result, point)
        point, factor = _added(point, point), factor >> 1
    return result


def _same(one: Point, other: Point) -> bool:
    return not any((one[i] * other[2] - other[i] * one[2]) % PRIME for i in (0, 1))


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from file


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


BASE = _point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little")) or (0, 1, 1, 0)

if __name__ == "__main__":
    sys.exit(main())
