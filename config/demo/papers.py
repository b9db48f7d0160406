"""The demo's one paper: the agenda of a meeting, two pages of PDF written out by hand.

The font is named, not carried: every reader brings its own for Japanese (PDF 32000-1, 9.7.5.2).
"""

from typing import Final

AGENDA_CANARY: Final = "オリヅル条"
PAGES: Final = (
    (
        "サービス担当者会議　次第",
        "",
        "ご本人　佐伯 千代 様（要介護3）",
        "場所　ご自宅　　時刻　14:00〜14:40",
        "司会　中西 敦子（ケアプラン糸でんわ）",
        "",
        "1　ご本人・ご家族の今のお気持ち",
        "2　体の様子（三宅・早川）：体重、むくみ、血圧",
        "3　お薬（小野寺）：残薬、飲む時刻をまとめる案",
        "4　暮らし（大滝・古賀）：食事、入浴、夜のトイレ",
        "5　リハビリ（橋爪）：手すり、縁側までの歩行",
        "6　これから3か月の目標",
    ),
    (
        "資料1　これまでの経過",
        "",
        "体重　退院時 48.2kg、2週後 48.5kg、直近 49.3kg",
        "報告の基準　SpO2 92％未満、3日で2kg以上の増加、37.5℃以上",
        "",
        "資料2　ご本人の望み",
        "「できるだけ家で過ごしたい。庭の見える部屋がよい。」",
        "",
        f"申し合わせ（{AGENDA_CANARY}）：体重が50kgを超えた朝は、",
        "量にかかわらず月見坂在宅クリニックへ電話する。",
    ),
)
FONT: Final = b"""<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5
/Encoding /UniJIS-UTF16-H /DescendantFonts [4 0 R] >>"""
GLYPHS: Final = b"""<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5
/DW 1000 /W [1 94 500] /FontDescriptor 5 0 R
/CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 5 >> >>"""
DESCRIPTION: Final = b"""<< /Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4
/FontBBox [-92 -250 1010 922] /ItalicAngle 0 /Ascent 752 /Descent -221 /CapHeight 737
/StemV 114 >>"""
TITLE_SIZE: Final = 20
TEXT_SIZE: Final = 12


def agenda() -> bytes:
    """Return the agenda as PDF: an A4 page per entry of PAGES."""
    count = len(PAGES)
    kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode(),
        FONT,
        GLYPHS,
        DESCRIPTION,
    ]
    for place, lines in enumerate(PAGES):
        objects += [_page(7 + 2 * place), _content(lines)]
    return _written(objects)


def _page(content: int) -> bytes:
    return (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
        f"/Resources << /Font << /F1 3 0 R >> >> /Contents {content} 0 R >>"
    ).encode()


def _content(lines: tuple[str, ...]) -> bytes:
    first, *others = lines
    shown = [f"/F1 {TITLE_SIZE} Tf 60 760 Td {_text(first)} Tj /F1 {TEXT_SIZE} Tf"]
    shown += [f"0 -26 Td {_text(line)} Tj" for line in others]
    stream = f"BT\n{chr(10).join(shown)}\nET".encode()
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)


def _text(line: str) -> str:
    return f"<{line.encode('utf-16-be').hex()}>"


def _written(objects: list[bytes]) -> bytes:
    paper = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(paper))
        paper += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = len(paper)
    paper += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    paper += b"".join(b"%010d 00000 n \n" % place for place in places)
    paper += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n" % (len(objects) + 1)
    return bytes(paper + b"%d\n%%%%EOF\n" % table)
