"""Times as people in Japan say them, and as machines read them.

What is shown is relative to the day of the reader; a page that stays open over midnight is put
right by `cs-moment` (static/ui/js/moment.js), which says the same words.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

TOKYO: Final = ZoneInfo("Asia/Tokyo")
_DAY: Final = timedelta(days=1)
# The eras, the newest first, each by its first day.
_ERAS: Final = (
    ("令和", date(2019, 5, 1)),
    ("平成", date(1989, 1, 8)),
    ("昭和", date(1926, 12, 25)),
    ("大正", date(1912, 7, 30)),
    ("明治", date(1868, 1, 25)),
)


def moment(at: datetime, *, now: datetime | None = None) -> Markup:
    """Return a time as people say it: 今日 9:18, 昨日 16:40, 6月8日 15:20; the year if not this."""
    local = at.astimezone(TOKYO)
    words, whole = _said(local.date(), local_date(now), get_language())
    told = _clock(local)
    return _time(local, shown=f"{words} {told}", whole=f"{whole} {told}")


def short_moment(at: datetime, *, now: datetime | None = None) -> Markup:
    """Return a time for a narrow list: 9:18 for today, else the day alone."""
    local, today = at.astimezone(TOKYO), local_date(now)
    words, whole = _said(local.date(), today, get_language())
    told = _clock(local)
    shown = told if local.date() == today else words
    return _time(local, shown=shown, whole=f"{whole} {told}", kind=" short")


def exact_moment(at: datetime, *, now: datetime | None = None) -> Markup:
    """Return a time to the second, by its date and not by the reader's day: 6月8日 15:20:09."""
    local = at.astimezone(TOKYO)
    told = f"{_date(local.date(), local_date(now))} {_clock(local)}:{local.second:02}"
    whole = f"{_full_date(local.date())} {_clock(local)}:{local.second:02}"
    return _markup(local, shown=told, whole=whole)


def clock(at: datetime) -> str:
    """Return the time of day alone: 9:18."""
    return _clock(at.astimezone(TOKYO))


def day_of(at: datetime, *, now: datetime | None = None) -> str:
    """Return the words of a day line: 今日　6月10日（水）."""
    return _day_said(at.astimezone(TOKYO).date(), local_date(now), get_language())


def local_date(at: datetime | None = None) -> date:
    """Return the day in Japan at a time; without one, today."""
    return (at or timezone.now()).astimezone(TOKYO).date()


def day_begins(day: date) -> datetime:
    """Return when a day begins in Japan."""
    return datetime.combine(day, time.min, TOKYO)


def span_of(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """Return when a first day begins and a last one is over, in Japan; what is left out is open.

    So are the ends of the calendar: no day comes before the first that there is, nor behind the
    last, and what begins there has no time elsewhere.
    """
    begins = day_begins(first) if first and first > date.min else None
    ends = day_begins(last + _DAY) if last and last < date.max else None
    return begins, ends


def calendar_date(day: date) -> str:
    """Return a date that belongs to no clock (of birth, of consent): 1940年3月5日."""
    words = {"year": day.year, "month": day.month, "day": day.day}
    return _("%(year)s年%(month)s月%(day)s日") % words


def date_of_birth(day: date) -> str:
    """Return a day of birth as papers have it, by both reckonings: 1940年（昭和15年）2月3日."""
    for era, first in _ERAS:
        if day >= first:
            years = day.year - first.year + 1 if day.year > first.year else "元"
            words = {"year": day.year, "era": era, "years": years}
            words |= {"month": day.month, "day": day.day}
            return _("%(year)s年（%(era)s%(years)s年）%(month)s月%(day)s日") % words
    return calendar_date(day)


def _time(local: datetime, *, shown: str, whole: str, kind: str = "") -> Markup:
    return Markup(f"<cs-moment{kind}>{_markup(local, shown=shown, whole=whole)}</cs-moment>")  # noqa: S704 - as below


def _markup(local: datetime, *, shown: str, whole: str) -> Markup:
    exact = local.isoformat("T", "seconds")
    html = f'<time datetime="{exact}" title="{whole}">{shown}</time>'
    return Markup(html)  # noqa: S704 - digits and our own words: nothing here was typed by anyone


@lru_cache(maxsize=4096)
def _said(day: date, today: date, language: str | None) -> tuple[str, str]:  # noqa: ARG001 - of the key
    """Return a day as people say it, and in full; pages show the same few days again and again."""
    return _near(day, today) or _date(day, today), _full_date(day)


@lru_cache(maxsize=4096)
def _day_said(day: date, today: date, language: str | None) -> str:  # noqa: ARG001 - of the key
    """Return the words of a day line; every page of a timeline has some."""
    near = _near(day, today) or (_("おととい") if today - day == 2 * _DAY else "")
    date_words = _with_weekday(_date(day, today), day)
    return f"{near}　{date_words}" if near else date_words


def _near(day: date, today: date) -> str:
    if day == today:
        return _("今日")
    return _("昨日") if today - day == _DAY else ""


def _date(day: date, today: date) -> str:
    if day.year != today.year:
        return calendar_date(day)
    return _("%(month)s月%(day)s日") % {"month": day.month, "day": day.day}


def _full_date(day: date) -> str:
    return _with_weekday(calendar_date(day), day)


def _with_weekday(date_words: str, day: date) -> str:
    names = (_("月"), _("火"), _("水"), _("木"), _("金"), _("土"), _("日"))
    return _("%(date)s（%(weekday)s）") % {"date": date_words, "weekday": names[day.weekday()]}


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local.minute:02}"
