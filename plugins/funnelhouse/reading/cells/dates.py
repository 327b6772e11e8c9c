"""Dates as people and platforms write them, in the languages of the exports.

Used for preambles, file names and for columns whose cells no strptime format reads (localised months, no year).
The order of numeric dates is given by the caller: it is decided once per file, never per cell.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from funnelhouse.reading.cells.months import MONTHS
from funnelhouse.text import plain

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:(\d{2}))?(?!\d)")
_EAST = re.compile(r"(?:(\d{4})\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]?")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_VIETNAMESE = re.compile(
    r"(\d{1,2})\s*(?:tháng|thg\.?)\s*(\d{1,2}|[^\W\d]+(?: [^\W\d]+)?)(?:\s*,?\s*(?:năm )?(\d{4}))?", re.IGNORECASE
)
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?(?:[Mm]\.?)?")
_OFFSET = re.compile(r"(?:GMT|UTC)?\s*([+-])(\d{2}):?(\d{2})\)?$")
_ZONE = re.compile(r"(?:GMT|UTC)?\s*[+-]\d{1,2}(?::?\d{2})?\)?$|(?:GMT|UTC)\s*[+-]\d{1,2}")
_EPOCH = re.compile(r"(?<!\d)(1\d{12}|1\d{9})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")


_VIETNAMESE_MONTHS = {
    "một": 1, "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12,
}  # fmt: skip


def parse_date(text: str, order: str = "mdy") -> date | None:
    """The day in the text, or None. Raises nothing: an impossible date is None."""
    found = parse_datetime(text, order)
    return found.date() if found else None


def parse_datetime(text: str, order: str = "mdy", *, epochs: bool = False) -> datetime | None:
    """Day and time in the text; aware if the text names an offset or UTC, else naive; None without a date."""
    text = plain(text)
    if epochs and (match := _EPOCH.search(text)):
        number = int(match[1])
        return datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC)
    parts = date_parts(text, order)
    if parts is None or parts[0] is None:
        return None
    try:
        day = datetime(parts[0], parts[1], parts[2])  # noqa: DTZ001 (the zone is decided below)
    except ValueError:
        return None
    if not 1990 <= day.year <= 2100:
        return None
    return _with_time(day, text)


def names_two_days(text: str) -> bool:
    """True if the text is a range of days: whatever is counted there is a sum, not a value of its first day."""
    text = _TIME.sub(" ", plain(text))
    if found := max(len(pattern.findall(text)) for pattern in (_ISO, _EAST, _NUMERIC, _COMPACT)):
        return found > 1
    text = _ZONE.sub(" ", text)
    words = [word for word in _WORD.findall(text) if word.casefold() in MONTHS]
    days = re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)
    return len(days) > 1 and (len(words) > 1 or re.search(r"\d\s*[-\u2013\u2014]\s*\d", text) is not None)


def _with_time(day: datetime, text: str) -> datetime | None:
    match = _TIME.search(text)
    if match:
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        half = (match[4] or "").lower()
        if half == "p" and hour < 12:
            hour += 12
        elif half == "a" and hour == 12:
            hour = 0
        if hour > 23 or minute > 59 or second > 59:
            return None
        day = day.replace(hour=hour, minute=minute, second=second)
        rest = text[match.end() :]
        if offset := _OFFSET.search(rest):
            shift = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
            if shift >= timedelta(hours=24):
                return None
            return day.replace(tzinfo=timezone(shift if offset[1] == "+" else -shift))
        if re.search(r"\b(UTC|GMT|Z)\b|^Z", rest):
            return day.replace(tzinfo=UTC)
    return day


def date_parts(text: str, order: str) -> tuple[int | None, int, int] | None:
    """Year (None if the text has none), month and day in the text; not checked against the calendar."""
    if match := _ISO.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _EAST.search(text):
        return int(match[1]) if match[1] else None, int(match[2]), int(match[3])
    if match := _VIETNAMESE.search(text):
        month = int(match[2]) if match[2].isdigit() else _vietnamese_month(match[2].casefold())
        return (int(match[3]) if match[3] else None, month, int(match[1])) if month else None
    if match := _NUMERIC.search(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        # With dots the day stands first, whatever the language: nobody writes the month before it so.
        return (year, first, second) if order == "mdy" and match[2] != "." else (year, second, first)
    if match := _COMPACT.search(text):
        return int(match[1]), int(match[2]), int(match[3])
    return _worded(text)


def _vietnamese_month(words: str) -> int | None:
    return _VIETNAMESE_MONTHS.get(words) or _VIETNAMESE_MONTHS.get(words.split(" ", maxsplit=1)[0])


def _worded(text: str) -> tuple[int | None, int, int] | None:
    words = [MONTHS.get(word.casefold()) for word in _WORD.findall(text)]
    month = next((number for number in words if number), None)
    if month is None:
        return None
    without_time = _TIME.sub(" ", text) if ":" in text else text
    numbers = re.findall(r"\d+", without_time)
    years = [int(number) for number in numbers if len(number) == 4]
    days = [int(number) for number in numbers if len(number) <= 2]
    if not days:
        return None
    return years[0] if years else None, month, days[0]


def has_year(text: str, order: str) -> bool:
    """True if the date in the text names its year."""
    parts = date_parts(plain(text), order)
    return parts is not None and parts[0] is not None


def infer_years(values: list[str], order: str, newest: date) -> dict[str, date]:
    """Days of year-less dates in row order, none later than `newest`; values that are not dates are left out.

    The rows are chronological, newest last or newest first: whichever makes the file span less time, newest last if
    both do. Walking back from the newest row, the year falls whenever the day of the year would rise.
    """
    parsed = [(value, parts) for value in values if (parts := date_parts(plain(value), order))]
    last_first, first_first = _walk_back(parsed[::-1], newest), _walk_back(parsed, newest)
    return first_first if _span(first_first) < _span(last_first) else last_first


def _walk_back(parsed: list[tuple[str, tuple[int | None, int, int]]], newest: date) -> dict[str, date]:
    found: dict[str, date] = {}
    limit = newest
    for value, (year, month, day) in parsed:
        candidate = _latest(year, month, day, limit)
        if candidate:
            found[value] = limit = candidate
    return found


def _span(found: dict[str, date]) -> int:
    days = found.values()
    return (max(days) - min(days)).days if found else 0


def _latest(year: int | None, month: int, day: int, limit: date) -> date | None:
    years = [year] if year else range(limit.year, limit.year - 5, -1)
    for candidate_year in years:
        try:
            candidate = date(candidate_year, month, day)
        except ValueError:
            continue
        if candidate <= limit or year:
            return candidate
    return None
