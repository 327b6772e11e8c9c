"""Facts that a file states about itself: found by the patterns of its contract, filled in, and checked."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime

from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.reasons import Refused
from funnelhouse.contracts.schema import Contract, FactPattern
from funnelhouse.reading.cells.dates import parse_date, parse_datetime

LONGEST_LINE = 1_000
"""Characters of a line in which facts are looked for. A search may take the square of the length, and a damaged file
has lines of a megabyte; what a platform says of its report fits in one on a screen."""


def match_facts(patterns: list[FactPattern], texts: list[str]) -> dict[str, str]:
    """Named groups and constants of all patterns over all texts; the first match of a fact wins."""
    found: dict[str, str] = {}
    # Some systems write the accents of a file's name as characters of their own.
    texts = [unicodedata.normalize("NFC", text[:LONGEST_LINE]) for text in texts]
    for item in patterns:
        searched = ["\n".join(texts)] if item.joined else texts
        matched = [match for text in searched if (match := re.search(item.pattern, text))]
        if len(matched) >= item.occurrence:
            match = matched[item.occurrence - 1]
            groups = {name: value for name, value in match.groupdict().items() if value}
            found = {**item.set, **groups, **found}
    return found


def date_order(contract: Contract, language: str) -> str:
    """Order of numeric dates in a file of that language."""
    order = contract.reading.date_order
    if isinstance(order, str):
        return order
    return order.get(language) or order.get("en") or "mdy"


def check_facts(contract: Contract, facts: Facts, *, have_columns: set[str]) -> None:
    """Fill defaults; raise Refused for a necessary fact that nothing gives."""
    for name, rule in contract.facts.items():
        if facts.get(name) or name in have_columns:
            continue
        if rule.default is not None:
            facts.offer("contract", {name: _filled(rule.default, facts)})
        elif rule.required:
            advice = rule.advice or f"write `{name}: ...` in a _manifest.yml beside the file"
            option = f"--{name.removesuffix('_id').replace('_', '-')}"
            message = (
                f"{contract.title}: the {name} is not in the file; {advice} (or give {option} on the command line)"
            )
            raise Refused("missing_fact", message, fact=name)


def _filled(default: str, facts: Facts) -> str | None:
    """The default with `{fact}` replaced; None if it names a fact that is not known."""
    for name in re.findall(r"\{(\w+)\}", default):
        value = facts.get(name)
        if value is None:
            return None
        default = default.replace("{" + name + "}", value)
    return default


def period_of(facts: Facts, order: str) -> tuple[date | None, date | None]:
    """First and last day the file says it covers: in the order of the file, else in the one that makes it a range."""
    start, end = facts.get("period_start"), facts.get("period_end")
    for each in dict.fromkeys((order, "dmy", "mdy")):
        first, last = (parse_date(text, each) if text else None for text in (start, end or start))
        if first and last and first <= last:
            return first, last
    return (parse_date(start, order) if start else None), (parse_date(end, order) if end else None)


def exported_at(
    facts: Facts, order: str, file_name: str, *, packed_at: str | None, newest_day: date | None, mtime: float | None
) -> tuple[str, str]:
    """When the export was written (ISO, UTC) and on what evidence: content, a name whose meaning the contract knows,
    manifest, any date in the name, time in the zip, newest day inside, modification time.

    Never the time of arrival, so that the order of arrival cannot matter.
    """
    given = facts.get("exported_at")
    place = facts.places.get("exported_at", "")
    moment = _utc(given, order) if given else None
    if moment:
        return moment, place
    if by_name := _date_in_name(file_name, order):
        return by_name, "file name"
    if packed_at:
        return packed_at, "time inside the zip"
    last = period_of(facts, order)[1] or newest_day
    if last:
        return f"{last.isoformat()}T23:59:59", "newest day in the file"
    if mtime is not None:
        return datetime.fromtimestamp(mtime, UTC).strftime("%Y-%m-%dT%H:%M:%S"), "modification time of the file (weak)"
    return "1970-01-01T00:00:00", "none (weak)"


def _utc(text: str, order: str) -> str | None:
    moment = parse_datetime(text, order, epochs=True)
    if moment is None:
        return None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M:%S")


_NAME_DATE = re.compile(
    r"(?<!\d)(20\d{2}[-._]\d{1,2}[-._]\d{1,2}(?:[T_ -]\d{2}[-:._]\d{2}(?:[-:._]\d{2})?)?|"
    r"20\d{6}(?:[T_-]?\d{6})?|1[3-9]\d{11}|"
    r"(?:\d{1,2}-[A-Za-z]{3}-20\d{2})|(?:[A-Za-z]{3}-\d{1,2}-20\d{2}))(?!\d)"
)


def date_in_name(name: str, contract: Contract | None = None) -> str | None:
    """The last date in a file name (ranges end with the later one), ISO; end of day if it has no time."""
    return _date_in_name(name, date_order(contract, "en") if contract else "mdy")


def _date_in_name(name: str, order: str) -> str | None:
    moments = []
    for text in _NAME_DATE.findall(name):
        compact = re.fullmatch(r"(\d{8})[T_-]?(\d{2})(\d{2})(\d{2})", text)
        if compact:
            text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4]}"
        spaced = re.sub(r"^(20\d{2})[._](\d{1,2})[._](\d{1,2})", r"\1-\2-\3", text)
        spaced = (
            re.sub(r"[T_ -](\d{2})[-._](\d{2})(?:[-._](\d{2}))?$", r" \1:\2", spaced) if len(spaced) > 10 else spaced
        )
        if moment := parse_datetime(spaced, order, epochs=True):
            moments.append(
                moment.replace(tzinfo=None) if _has_time(moment) else moment.replace(hour=23, minute=59, second=59)
            )
    return max(moments).strftime("%Y-%m-%dT%H:%M:%S") if moments else None


def _has_time(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) != (0, 0, 0) or moment.tzinfo is not None
