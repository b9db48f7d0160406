"""The demo's pictures: drawn, the same at every start. Nobody's photographs."""

from typing import Final

from config.demo.drawing import Colour, Sheet

SKIN: Final[Colour] = (238, 205, 180)
SKIN_DARK: Final[Colour] = (206, 160, 132)
SKIN_RED: Final[Colour] = (214, 142, 122)
NAIL: Final[Colour] = (250, 228, 216)
WOOD: Final[Colour] = (186, 142, 98)
WOOD_DARK: Final[Colour] = (150, 108, 70)
WHITE: Final[Colour] = (252, 251, 247)
PAPER: Final[Colour] = (246, 242, 232)
GREY: Final[Colour] = (150, 156, 164)
DARK: Final[Colour] = (54, 60, 70)
BLUE: Final[Colour] = (78, 120, 186)
GREEN: Final[Colour] = (88, 140, 84)
LEAF: Final[Colour] = (64, 116, 66)
ORANGE: Final[Colour] = (240, 150, 60)
YELLOW: Final[Colour] = (246, 206, 96)
RED: Final[Colour] = (204, 72, 66)
PINK: Final[Colour] = (232, 138, 160)
STRAW: Final[Colour] = (212, 206, 158)
STRAW_DARK: Final[Colour] = (190, 182, 132)
TOES: Final = ((-78, 58), (-34, 42), (6, 38), (42, 34), (74, 30))


def feet_without_swelling() -> bytes:
    """Draw both feet after the hospital: slim ankles, no marks."""
    return _feet(wide=0)


def feet_with_swelling() -> bytes:
    """Draw both feet today: wide ankles, shining skin, the deep marks of socks."""
    return _feet(wide=34)


def room_with_rail() -> bytes:
    """Draw the room: bed, window, walker, and where the rail is to stand."""
    sheet = Sheet((244, 236, 222), (232, 220, 200))
    sheet.box((0, 640, 1280, 960), WOOD)
    for top in range(640, 960, 64):
        sheet.line([(0, top), (1280, top)], WOOD_DARK, width=2)
    _window(sheet)
    _bed(sheet)
    _walker(sheet)
    _rail(sheet)
    return sheet.jpeg()


def supper() -> bytes:
    """Draw a supper with much salt: soup to the brim, pickles, salted fish."""
    sheet = _tray()
    _bowl(sheet, (330, 600), 150, WHITE, PAPER)
    _bowl(sheet, (760, 610), 150, (150, 60, 50), (176, 128, 76))
    for x, y in ((720, 590), (790, 640), (760, 560), (820, 600)):
        sheet.box((x, y, x + 34, y + 30), (244, 238, 214), radius=5)
    _plate(sheet, (240, 200, 800, 430))
    sheet.shape(
        [(310, 320), (400, 270), (580, 268), (690, 310), (600, 364), (400, 368)], (206, 122, 84)
    )
    for x in (420, 490, 560):
        sheet.line([(x, 280), (x + 20, 356)], (162, 84, 54), width=6)
    _plate(sheet, (880, 230, 1100, 430))
    for x, y in ((930, 280), (990, 300), (1030, 330), (950, 340), (990, 360)):
        sheet.oval((x - 32, y - 24, x + 32, y + 24), YELLOW, line=(216, 170, 60))
    return sheet.jpeg()


def breakfast() -> bytes:
    """Draw a breakfast with little salt: rice, rolled egg, spinach, half a bowl of soup."""
    sheet = _tray()
    _bowl(sheet, (330, 600), 150, WHITE, PAPER)
    _bowl(sheet, (760, 610), 150, (150, 60, 50), (206, 168, 112))
    for x, y in ((690, 580), (740, 640)):
        sheet.oval((x - 26, y - 22, x + 26, y + 22), (240, 234, 208))
    for x, y in ((800, 560), (820, 640), (760, 590)):
        sheet.oval((x - 26, y - 22, x + 26, y + 22), ORANGE)
    _plate(sheet, (250, 200, 680, 420))
    for place in range(4):
        left = 320 + place * 76
        sheet.box((left, 270, left + 66, 350), YELLOW, radius=14, line=(222, 176, 70))
        sheet.arc((left + 14, 286, left + 52, 334), (0, 300), (222, 176, 70), width=4)
    _plate(sheet, (780, 210, 1060, 420))
    for place in range(7):
        x, y = 850 + place % 4 * 44, 280 + place // 4 * 50
        sheet.shape([(x, y), (x + 44, y - 16), (x + 60, y + 22), (x + 14, y + 34)], LEAF)
    return sheet.jpeg()


def oximeter() -> bytes:
    """Draw a measuring clip on a finger: 94 per cent, pulse 84."""
    sheet = Sheet((222, 230, 236), (196, 206, 214))
    sheet.soft((180, 560, 1180, 860), DARK, strength=0.4, blur=40)
    sheet.shape(
        [(-60, 430), (300, 400), (620, 430), (720, 520), (620, 610), (300, 640), (-60, 660)],
        SKIN,
        line=SKIN_DARK,
    )
    sheet.box((380, 290, 1120, 740), WHITE, radius=110, line=GREY, width=5)
    sheet.line([(380, 520), (560, 520)], GREY, width=5)
    sheet.box((560, 350, 1060, 680), DARK, radius=34)
    sheet.text((650, 400), "SpO2 %", (150, 210, 220), size=36)
    sheet.text((690, 540), "94", (120, 226, 236), size=210)
    sheet.text((930, 400), "PR bpm", (180, 220, 150), size=36)
    sheet.text((930, 510), "84", (190, 236, 150), size=130)
    for place, height in enumerate((16, 34, 56, 40, 24, 14)):
        left = 840 + place * 32
        sheet.box((left, 660 - height, left + 20, 660), (190, 236, 150))
    sheet.soft((430, 300, 1000, 380), WHITE, strength=0.5, blur=24)
    return sheet.jpeg()


def medicine_calendar() -> bytes:
    """Draw the calendar of medicines: a week, four times a day; two evenings are still full."""
    return _calendar(left=((2, 2), (2, 5)), today=6, big=False)


def new_medicine_calendar() -> bytes:
    """Draw the new calendar: large figures, everything still in it but the first morning."""
    full = [(row, column) for row in (0, 2) for column in range(7)][1:]
    return _calendar(left=tuple(full), today=0, big=True)


def flowers() -> bytes:
    """Draw a potted plant in bloom on the veranda."""
    sheet = Sheet((214, 232, 242), (240, 244, 232))
    sheet.soft((760, -120, 1400, 420), YELLOW, strength=0.5, blur=120)
    for x in range(0, 1280, 70):
        sheet.shape([(x, 560), (x + 40, 420), (x + 90, 560), (x + 40, 640)], (150, 186, 140))
    sheet.box((0, 600, 1280, 960), WOOD)
    for top in (600, 690, 790, 900):
        sheet.line([(0, top), (1280, top)], WOOD_DARK, width=3)
    sheet.soft((380, 820, 980, 930), DARK, strength=0.5, blur=30)
    sheet.flat([(480, 620), (800, 620), (750, 880), (530, 880)], (178, 92, 62))
    sheet.box((462, 586, 818, 650), (194, 104, 72), radius=10)
    for x, y in ((640, 590), (560, 580), (720, 580), (600, 560), (690, 560)):
        sheet.line([(640, 600), (x, y - 220)], GREEN, width=8)
    for x, y in ((470, 470), (800, 470), (540, 540), (740, 540), (640, 500)):
        sheet.shape([(x - 70, y), (x, y - 44), (x + 70, y), (x, y + 44)], LEAF, line=GREEN)
    for place, (x, y) in enumerate(
        ((640, 300), (520, 350), (770, 340), (580, 420), (710, 420), (450, 420), (840, 430))
    ):
        _bloom(sheet, x, y, PINK if place % 2 else (246, 190, 200))
    return sheet.jpeg()


def _feet(*, wide: int) -> bytes:
    sheet = Sheet(STRAW, STRAW)
    for top in range(0, 960, 16):
        sheet.line([(0, top), (1280, top)], STRAW_DARK, width=1)
    sheet.box((150, 90, 1130, 930), (196, 214, 228), radius=24)
    sheet.box((180, 120, 1100, 900), (210, 226, 238), radius=18)
    for middle, turn in ((450, -1), (830, 1)):
        sheet.soft((middle - 150, 500, middle + 190, 900), DARK, strength=0.25, blur=40)
        _foot(sheet, middle, turn, wide)
    return sheet.jpeg()


def _foot(sheet: Sheet, middle: int, turn: int, wide: int) -> None:
    leg, ankle = 78 + wide, 66 + wide
    outline = [
        (middle - leg, -40),
        (middle - leg, 200),
        (middle - ankle, 430),
        (middle - 96 - wide // 2, 600),
        (middle - 112, 740),
        (middle - 40, 800),
        (middle + 60, 800),
        (middle + 112, 740),
        (middle + 96 + wide // 2, 600),
        (middle + ankle, 430),
        (middle + leg, 200),
        (middle + leg, -40),
    ]
    for offset, size in TOES:
        x = middle + turn * offset
        y = 800 - abs(offset + 30) // 3
        sheet.oval((x - size // 2 - 4, y - 30, x + size // 2 + 4, y + size + 22), SKIN)
        sheet.oval((x - size // 4, y + size - 20, x + size // 4, y + size + 10), NAIL)
    sheet.shape(outline, SKIN)
    sheet.soft((middle - 30, 40, middle + 30, 640), WHITE, strength=0.35, blur=30)
    sheet.soft((middle + 30, 420, middle + 84, 740), SKIN_DARK, strength=0.4, blur=18)
    sheet.arc((middle - 44, 440, middle + 4, 520), (40, 170), SKIN_DARK, width=4)
    sheet.arc((middle - 4, 440, middle + 44, 520), (10, 140), SKIN_DARK, width=4)
    if wide:
        for top in (176, 196, 222):
            place = (middle - leg - 6, top - 30, middle + leg + 6, top + 26)
            sheet.arc(place, (18, 162), SKIN_RED, width=7)
        sheet.soft((middle - 70, 600, middle + 70, 720), WHITE, strength=0.75, blur=22)
        sheet.soft((middle - 84, 250, middle + 84, 560), SKIN_RED, strength=0.22, blur=30)
        sheet.soft((middle - 26, 560, middle + 26, 604), SKIN_DARK, strength=0.9, blur=9)


def _window(sheet: Sheet) -> None:
    sheet.box((120, 90, 560, 420), WOOD_DARK, radius=6)
    sheet.box((136, 106, 544, 404), (204, 228, 240))
    for x in (180, 260, 350, 440, 500):
        sheet.oval((x - 60, 310, x + 60, 404), (132, 172, 120))
    sheet.box((136, 396, 544, 410), WOOD_DARK)
    sheet.line([(340, 106), (340, 404)], WOOD_DARK, width=8)
    for left in (96, 520):
        sheet.box((left, 70, left + 64, 460), (228, 206, 178), radius=10)
        for fold in (16, 32, 48):
            sheet.line([(left + fold, 80), (left + fold, 450)], (208, 184, 154), width=3)


def _bed(sheet: Sheet) -> None:
    sheet.soft((40, 720, 700, 860), DARK, strength=0.35, blur=30)
    sheet.box((60, 430, 100, 800), WOOD_DARK, radius=8)
    sheet.box((90, 640, 650, 760), WOOD_DARK, radius=8)
    sheet.box((96, 570, 640, 690), WHITE, radius=30)
    sheet.box((240, 556, 650, 700), (134, 164, 190), radius=34)
    sheet.box((110, 530, 260, 610), (250, 248, 240), radius=34, line=(214, 208, 196))
    for x in (130, 610):
        sheet.box((x, 750, x + 26, 820), DARK, radius=4)


def _walker(sheet: Sheet) -> None:
    sheet.soft((900, 820, 1220, 900), DARK, strength=0.35, blur=20)
    for shift in (0, 70):
        left, right, top = 930 + shift, 1120 + shift, 520 - shift // 3
        sheet.line([(left, 860), (left + 20, top), (right - 20, top), (right, 860)], GREY, width=12)
        sheet.line([(left + 8, 720), (right - 8, 720)], GREY, width=8)
        for x in (left, right):
            sheet.oval((x - 18, 846, x + 18, 882), DARK)
    for left in (930, 1100):
        sheet.line([(left + 20, 520), (left + 90, 497)], DARK, width=18)


def _rail(sheet: Sheet) -> None:
    sheet.oval((690, 800, 880, 860), GREY)
    sheet.line([(740, 826), (740, 480), (830, 480), (830, 826)], (224, 170, 90), width=18)
    sheet.line([(740, 640), (830, 640)], (224, 170, 90), width=14)
    sheet.oval((650, 430, 920, 890), None, line=RED, width=7)
    sheet.line([(1000, 330), (900, 450)], RED, width=9)
    sheet.flat([(880, 474), (934, 452), (900, 420)], RED)


def _tray() -> Sheet:
    sheet = Sheet((176, 134, 96), (160, 118, 80))
    sheet.soft((90, 130, 1220, 900), DARK, strength=0.4, blur=30)
    sheet.box((120, 110, 1160, 840), (106, 52, 44), radius=40)
    sheet.box((146, 136, 1134, 814), (134, 70, 58), radius=28)
    for shift in (0, 22):
        sheet.line([(360, 786 + shift / 2), (980, 778 + shift / 2)], (222, 186, 136), width=7)
    return sheet


def _bowl(sheet: Sheet, middle: tuple[int, int], radius: int, rim: Colour, inside: Colour) -> None:
    x, y = middle
    sheet.soft((x - radius, y - radius + 40, x + radius + 20, y + radius + 40), DARK, strength=0.5)
    sheet.oval((x - radius, y - radius, x + radius, y + radius), rim, line=GREY)
    inner = radius - 22
    sheet.oval((x - inner, y - inner, x + inner, y + inner), inside)
    if rim == WHITE:
        for place in range(40):
            left, top = x - 70 + place * 37 % 140, y - 70 + place * 59 % 140
            sheet.oval((left, top, left + 18, top + 10), WHITE, line=(228, 224, 212), width=1)


def _plate(sheet: Sheet, place: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = place
    sheet.soft((left, top + 20, right + 10, bottom + 24), DARK, strength=0.4)
    sheet.oval(place, WHITE, line=GREY)
    sheet.oval((left + 26, top + 18, right - 26, bottom - 18), PAPER)


def _calendar(*, left: tuple[tuple[int, int], ...], today: int, big: bool) -> bytes:
    sheet = Sheet((226, 222, 210), (212, 206, 192))
    sheet.soft((90, 90, 1240, 930), DARK, strength=0.35, blur=24)
    sheet.box((80, 60, 1210, 926), WHITE, radius=18, line=GREY)
    sheet.oval((634, 74, 658, 98), GREY)
    for column in range(7):
        middle = 280 + column * 132
        colour = RED if column == 0 else BLUE if column == 6 else DARK  # noqa: PLR2004 - a week
        if column == today:
            sheet.oval((middle - 42, 108, middle + 42, 186), YELLOW)
        sheet.text((middle, 146), str(column + 1), colour, size=64 if big else 46)
    for row in range(4):
        _time_of_day(sheet, row, 146, 286 + row * 178)
        for column in range(7):
            _pocket(sheet, row, column, full=(row, column) in left)
    return sheet.jpeg()


def _time_of_day(sheet: Sheet, row: int, x: int, y: int) -> None:
    if row < 2:  # noqa: PLR2004 - morning and noon have the sun
        sheet.oval((x - 26, y - 26, x + 26, y + 26), ORANGE if row == 0 else YELLOW)
        for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0), (0.7, 0.7), (-0.7, -0.7), (0.7, -0.7)):
            start, end = (x + dx * 36, y + dy * 36), (x + dx * 52, y + dy * 52)
            sheet.line([start, end], ORANGE, width=6)
        if row == 0:
            sheet.box((x - 60, y + 10, x + 60, y + 60), WHITE)
            sheet.line([(x - 50, y + 12), (x + 50, y + 12)], ORANGE, width=6)
        return
    sheet.oval((x - 40, y - 40, x + 40, y + 40), BLUE)
    sheet.oval((x - 16, y - 46, x + 56, y + 26), WHITE)
    if row == 3:  # noqa: PLR2004 - before sleep
        for dx, dy in ((24, -20), (40, 14), (8, 4)):
            sheet.oval((x + dx - 6, y + dy - 6, x + dx + 6, y + dy + 6), YELLOW)


def _pocket(sheet: Sheet, row: int, column: int, *, full: bool) -> None:
    left, top = 222 + column * 132, 206 + row * 178
    ground = ((255, 236, 214), (255, 248, 214), (222, 232, 250), (230, 226, 244))[row]
    sheet.box((left, top, left + 116, top + 160), ground, radius=10, line=(196, 200, 206))
    if full:
        sheet.box((left + 14, top + 22, left + 102, top + 140), WHITE, radius=6, line=GREY, width=2)
        sheet.box((left + 14, top + 22, left + 102, top + 40), (206, 222, 240), radius=4)
        sheet.oval((left + 26, top + 56, left + 56, top + 86), WHITE, line=GREY)
        sheet.oval((left + 62, top + 60, left + 92, top + 90), (246, 222, 140), line=GREY)
        sheet.box((left + 34, top + 100, left + 82, top + 124), PINK, radius=12, line=GREY)
    sheet.line([(left + 4, top + 92), (left + 112, top + 92)], (226, 230, 234), width=2)
    sheet.soft((left + 8, top + 100, left + 60, top + 150), WHITE, strength=0.35, blur=12)


def _bloom(sheet: Sheet, x: int, y: int, colour: Colour) -> None:
    for dx, dy in ((0, -34), (32, -10), (20, 28), (-20, 28), (-32, -10)):
        place = (x + dx - 32, y + dy - 32, x + dx + 32, y + dy + 32)
        sheet.oval(place, colour, line=(214, 120, 146), width=2)
    sheet.oval((x - 18, y - 18, x + 18, y + 18), YELLOW)
