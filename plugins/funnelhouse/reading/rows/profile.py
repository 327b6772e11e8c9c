"""What is decided once per table, with evidence: decimal style, date formats, years of year-less dates.

Looks at the first rows (`fh_sample`); a cell that contradicts the decision later is rejected, never re-interpreted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import duckdb

from funnelhouse.reading.cells.dates import has_year, infer_years, names_two_days, parse_datetime
from funnelhouse.reading.cells.sql_values import NULLS, SANE, is_odd_null, seconds_in, strptime_list
from funnelhouse.reading.facts import date_order
from funnelhouse.reading.tables.recognition import Binding
from funnelhouse.sql import sql_list, sql_text
from funnelhouse.text import label_keys

SAMPLE_ROWS = 20_000
DISTINCT_DATES = 50_000
DATED_ROWS = 2_000
COMMA_LANGUAGES = {"de", "es", "fr", "it", "nl", "pt", "vi", "ru", "pl", "tr", "cs", "sv", "da", "nb", "fi", "hu",
                   "ro", "id", "uk", "el", "bg"}  # fmt: skip
NUMERIC = {"integer", "decimal", "precise", "rate"}
_GROUPED = r"\d+([ ’\x27" + "\u00a0\u202f\u2009" + r"]\d{3})*"
"""Digits, perhaps in groups by a mark that says nothing about the decimal one."""
SIGNS = {
    "US$": "USD", "CA$": "CAD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "MX$": "MXN", "A$": "AUD", "R$": "BRL",
    "€": "EUR", "£": "GBP", "₫": "VND", "₹": "INR", "₩": "KRW", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₦": "NGN",
    "฿": "THB", "₱": "PHP", "₪": "ILS", "ZŁ": "PLN",
}  # fmt: skip
"""Signs of one currency alone. `$`, `¥` and `kr` are several countries'; the longer sign stands first."""
DECIMAL_TESTS = {
    "dot_strong": r",\d{3}\.\d|,\d{3},\d{3}|,\d{2},\d{3}\D*$",
    "dot": rf"^\D*{_GROUPED}\.(\d{{1,2}}|\d{{4,}})\D*$",
    "comma_strong": r"\.\d{3},\d|\.\d{3}\.\d{3}",
    "comma": rf"^\D*{_GROUPED},(\d{{1,2}}|\d{{4,}})\D*$",
    "open": r"^\D*\d{1,3}[.,]\d{3}\D*$",
}
"""What a cell says about the decimal mark: cells that can be read in one way only, and such as leave it open."""
_MARKS = {"dot_strong": ",", "dot": ".", "comma_strong": ".", "comma": ",", "open": ""}
"""A mark without which the test cannot hold."""
_POINTED = r"[-+]?\d+\.(\d{1,2}|\d{4,})"
"""Cells that pass the test `dot` and no other."""
PLAIN_DAY = "try_cast({} as timestamp) between date '1990-01-01' and date '2101-01-01'"
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "T%H:%M:%S", ", %I:%M %p", ", %H:%M")
_DATES = {
    "mdy": ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y", "%a, %b %d, %Y"),
    "dmy": ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d.%m.%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y"),
    "ymd": ("%Y%m%d",),
}


@dataclass
class Profile:
    """The decisions for one table."""

    style: str = "dot"
    formats: dict[str, list[str]] = field(default_factory=dict)
    offsets: set[str] = field(default_factory=set)  # timestamps whose cells name their offset
    mapped: dict[str, str] = field(default_factory=dict)  # field -> temp table (cell, value)
    notes: list[str] = field(default_factory=list)
    span: tuple[date | None, date | None] = (None, None)


def profile_table(
    connection: duckdb.DuckDBPyConnection, binding: Binding, relation: str, newest: date | None, *, is_sheet: bool,
    span: tuple[date | None, date | None] = (None, None),
) -> Profile:  # fmt: skip
    """Decide style and formats from `fh_sample`; distinct odd dates are read from `relation`.

    `span` is the period that the file states, as evidence for the order of day and month.
    """
    contract = binding.contract
    profile = Profile(span=span)
    types = {name: contract.field_type(name) for name in binding.columns}
    _decide_style(connection, binding, types, profile)
    dated = [name for name, kind in types.items() if kind in ("date", "timestamp")]
    if dated:
        _decide_dates(connection, binding, types, dated, profile, relation, newest, is_sheet)
    _compare_doubles(connection, binding, profile)
    return profile


def currency_of_cells(connection: duckdb.DuckDBPyConnection, binding: Binding) -> str | None:
    """The one currency whose sign stands in the sampled amounts, where the sign is one currency's alone; else None."""
    types = {name: binding.contract.field_type(name) for name in binding.columns}
    cells = [f"c{binding.columns[name]}" for name, kind in types.items() if kind in ("decimal", "precise")]
    if not cells:
        return None
    signs = "|".join(sign.replace("$", r"\$") for sign in (*SIGNS, "$"))
    found = connection.execute(
        f"select distinct upper(regexp_extract(v, '{signs}', 0, 'i')) from "
        f"(select unnest([{', '.join(cells)}]) as v from fh_sample) "
        "where (strlen(v) <> length(v) or contains(v, '$')) and regexp_matches(v, '\\d')"
    ).fetchall()
    codes = {SIGNS.get(sign, "") for (sign,) in found if sign}
    return codes.pop() or None if len(codes) == 1 else None


def _compare_doubles(connection: duckdb.DuckDBPyConnection, binding: Binding, profile: Profile) -> None:
    """Note the labels that stand twice over different values: the first one is kept, the other goes to `extra`."""
    keys = label_keys(binding.labels)
    firsts = {keys[index]: index for index in binding.columns.values()}
    pairs = [(firsts[key[:-3]], index) for index, key in enumerate(keys) if key.endswith("__2") and key[:-3] in firsts]
    for first, second in pairs:
        found = connection.execute(
            f"select count(*) filter (c{first} <> c{second}), count(*) from fh_sample where c{first} is not null"
        ).fetchone()
        if found and found[0]:
            label = binding.labels[first].strip()
            profile.notes.append(
                f"{label!r} stands twice and differs in {found[0]} of {found[1]} rows: the first counts"
            )


def passes(name: str) -> str:
    """SQL: the cell `v` passes one of the decimal tests; a look for its marks spares most cells the pattern."""
    marks = " and ".join(f"contains(v, {sql_text(mark)})" for mark in _MARKS[name]) or "true"
    return f"case when {marks} then regexp_matches(v, '{DECIMAL_TESTS[name]}') else false end"


def _decide_style(
    connection: duckdb.DuckDBPyConnection, binding: Binding, types: dict[str, str], profile: Profile
) -> None:
    declared = binding.contract.reading.decimal
    cells = [f"c{binding.columns[name]}" for name, kind in types.items() if kind in NUMERIC]
    if declared in ("dot", "comma") or not cells:
        profile.style = "comma" if declared == "comma" else "dot"
        return
    # Only cells with a separator are evidence; a list per row keeps it one pass over the sample.
    counted = ", ".join(f"count(*) filter ({passes(name)})" for name in DECIMAL_TESTS)
    marked = (
        f"from (select unnest([{', '.join(cells)}]) as v from fh_sample) where contains(v, ',') or contains(v, '.')"
    )
    # In most files every such cell is a number with a point, which passes one test and no other.
    points = f"count(*) filter (regexp_full_match(v, '{_POINTED}'))"
    marks, plain = connection.execute(f"select count(*), {points} {marked}").fetchone() or (0, 0)
    found = dict.fromkeys(DECIMAL_TESTS, 0) | {"dot": plain}
    if plain < marks:
        counts = connection.execute(f"select {counted} {marked}").fetchone() or (0,) * 5
        found = dict(zip(DECIMAL_TESTS, counts, strict=True))
    # `auto_dot`: the platform writes points in every language; commas are a spreadsheet's and must show themselves.
    by_language = "comma" if binding.language in COMMA_LANGUAGES and declared == "auto" else "dot"
    # In a decimal-comma file some cells may have a point all the same; a few commas among points are damage.
    commas = found["comma_strong"] or found["comma"] >= found["dot"] or by_language == "comma"
    if found["comma_strong"] + found["comma"] and found["dot_strong"] == 0 and commas:
        profile.style, why = "comma", f"{found['comma_strong'] + found['comma']} cells only readable so"
    elif found["dot_strong"] + found["dot"] and found["comma_strong"] + found["comma"] == 0:
        profile.style, why = "dot", f"{found['dot_strong'] + found['dot']} cells only readable so"
    elif found["dot_strong"] + found["dot"] + found["comma_strong"]:
        is_dot = found["dot_strong"] + found["dot"] >= found["comma_strong"] + found["comma"]
        profile.style = "dot" if is_dot else "comma"
        why = "most of contradicting cells"
    elif grouped := found["open"] and _grouped_by(connection, binding, types):
        # A count has no fraction of three digits: 5.000 followers are five thousand.
        profile.style, why = ("comma", "dot")[grouped == ","], f"whole numbers are grouped by {grouped!r}"
    else:
        profile.style, why = by_language, f"language of the header ({binding.language}), the cells leave it open"
        if not found["open"]:
            why = "no cell has a separator that matters"
    profile.notes.append(f"decimal {profile.style}: {why}")


def _grouped_by(connection: duckdb.DuckDBPyConnection, binding: Binding, types: dict[str, str]) -> str | None:
    """The only mark that groups digits in the columns of whole numbers, or None."""
    cells = [f"c{binding.columns[name]}" for name, kind in types.items() if kind == "integer"]
    marks = connection.execute(
        f"select distinct regexp_extract(v, '^[1-9]\\d{{0,2}}([.,])\\d{{3}}$', 1) "
        f"from (select unnest([{', '.join(cells) or 'null'}]::varchar[]) as v from fh_sample) where strlen(v) < 8"
    ).fetchall()
    known = {mark for (mark,) in marks if mark}
    return known.pop() if len(known) == 1 else None


def text_columns(connection: duckdb.DuckDBPyConnection, binding: Binding) -> list[int]:
    """Columns nobody claims that stand before the last known measure and hold something else than numbers."""
    contract = binding.contract
    measures = [index for name, index in binding.columns.items() if contract.field_type(name) in NUMERIC]
    unknown = [index for index in binding.unknown if measures and index < max(measures)]
    if not unknown:
        return []
    odd = ", ".join(
        f"bool_or(case when {is_odd_null(f'c{i}', NULLS)} then false else {seconds_in(f'c{i}', 'dot', 1)} is null "
        f"and {seconds_in(f'c{i}', 'comma', 1)} is null end)"
        for i in unknown
    )
    found = connection.execute(f"select {odd} from (from fh_sample limit {DATED_ROWS})").fetchone() or ()
    return [index for index, is_text in zip(unknown, found, strict=True) if is_text]


def default_formats(binding: Binding) -> dict[str, list[str]]:
    """Formats of numeric and English dates by order of day and month, the file's first."""
    orders = dict.fromkeys((date_order(binding.contract, binding.language), "mdy", "dmy", "ymd"))
    return {order: [day + time for day in _DATES[order] for time in _TIMES] for order in orders}


def candidates(binding: Binding, name: str) -> dict[str, list[str]]:
    """Families of formats of a date field (order of day and month), the likelier first."""
    contract = binding.contract
    spec = contract.fields[name]
    order = date_order(contract, binding.language)
    given = spec.formats
    if isinstance(given, dict):
        given = given.get(binding.language) or given.get("en") or [f for formats in given.values() for f in formats]
    families: dict[str, list[str]] = {}
    if given:
        for text in given:
            families.setdefault(_signature(text), []).append(text)
    else:
        families = default_formats(binding)
    # With equal evidence the file's order wins, then the contract's. The other order of a numeric format stands last:
    # it needs more cells that only it can read, as in a file that a spreadsheet of another country wrote again.
    known = [text for formats in families.values() for text in formats]
    ordered = dict(sorted(families.items(), key=lambda item: item[0] != order))
    for text in known:
        other = text.replace("%m", "%#").replace("%d", "%m").replace("%#", "%d")
        if "%m" in text and "%d" in text and other not in known:
            ordered.setdefault(f"{_signature(other)}, unlike the export itself", []).append(other)
    return ordered


def _signature(text: str) -> str:
    places = {letter: text.find(mark) for letter, marks in (("d", "%d"), ("m", "%m|%b|%B"), ("y", "%Y|%y"))
              for mark in marks.split("|") if mark in text}  # fmt: skip
    return "".join(sorted(places, key=lambda letter: places[letter])) or text


def _decide_dates(
    connection: duckdb.DuckDBPyConnection, binding: Binding, types: dict[str, str], dated: list[str],
    profile: Profile, relation: str, newest: date | None, is_sheet: bool,
) -> None:  # fmt: skip
    columns = {name: f"c{binding.columns[name]}" for name in dated}
    # In most files every such cell is a day and nothing else.
    others = ", ".join(
        f"count({cell}) - count(*) filter (strlen({cell}) = 10 and {PLAIN_DAY.format(cell)})"
        for cell in columns.values()
    )
    found = connection.execute(f"select {others} from (from fh_sample limit {DATED_ROWS})").fetchone() or ()
    columns = {
        name: cell
        for (name, cell), odd in zip(columns.items(), found, strict=True)
        if odd or binding.contract.fields[name].yearless
    }
    if not columns:
        return
    counts = []
    for cell in columns.values():
        plain = PLAIN_DAY.format(f"fh_trim({cell})")
        iso = f"{plain} or fh_has_offset({cell})"
        filled = f"case when {plain} then true else not {is_odd_null(cell, NULLS)} end"
        if is_sheet:
            iso += f" or try_cast({cell} as double) between 20000 and 80000"  # a serial number of a day
        counts += [f"count(*) filter ({filled})", f"count(*) filter (fh_has_offset({cell}))",
                   f"count(*) filter ({iso})"]  # fmt: skip
    row = iter(
        connection.execute(f"select {', '.join(counts)} from (from fh_sample limit {DATED_ROWS})").fetchone() or ()
    )
    for name in columns:
        filled, offsets, iso = next(row), next(row), next(row)
        if offsets:
            profile.offsets.add(name)
        is_odd = binding.contract.fields[name].yearless or iso < filled
        if is_odd and not _read_formats(connection, binding, name, profile, filled, iso):
            _map_dates(connection, binding, name, types[name], profile, relation, newest)


def _read_formats(
    connection: duckdb.DuckDBPyConnection, binding: Binding, name: str, profile: Profile, filled: int, iso: int
) -> bool:  # fmt: skip
    """Choose the family of formats that reads most distinct cells; False if none reads half of them."""
    if binding.contract.fields[name].yearless:
        return False
    cell, options = f"c{binding.columns[name]}", candidates(binding, name)
    expected = _expected(binding, name, profile)
    distinct = f"select distinct {cell} as v from fh_sample where {cell} is not null limit {DATED_ROWS}"

    def hits(families: dict[str, list[str]]) -> list[tuple[int, int]]:
        """Distinct cells per family that it reads, and how many of them are the days they should be."""
        read = [f"try_strptime(fh_trim(v), {strptime_list(formats)})" for formats in families.values()]
        counts = [f"count(*) filter ({one} {SANE}), count(*) filter ({expected.format(one)})" for one in read]
        row = connection.execute(
            f"select {', '.join(counts)} from ({distinct}) where not {is_odd_null('v', NULLS)}"
        ).fetchone() or (0,) * (2 * len(read))
        return list(zip(row[::2], row[1::2], strict=True))

    total = _count(connection, f"({distinct}) where not {is_odd_null('v', NULLS)}")
    scores = dict(zip(options, hits(options), strict=True))
    # A spreadsheet writes days its own way, with years of two digits (5/13/26) or where the export has none at all.
    short = {family: [text.replace("%Y", "%y") for text in texts] for family, texts in options.items()}
    numeric = {family: texts for family, texts in default_formats(binding).items() if family != "ymd"}
    for others, least in ((short, max(0.5 * total, 1)), (numeric, max(total, 1))):
        if max(scores.values())[0] < 0.5 * total and max(found := hits(others))[0] >= least:
            options, scores = others, dict(zip(others, found, strict=True))
    best = max(scores, key=lambda family: scores[family])
    if max(scores[best][0], round(total * iso / max(filled, 1))) < 0.5 * total:
        return False
    profile.formats[name] = options[best]
    rivals = [family for family in scores if family != best and scores[family][0] == scores[best][0] > 0]
    fit = "would fit too" if rivals and scores[rivals[0]] == scores[best] else "would read them, but as other days"
    also = f"; {', '.join(rivals)} {fit}" if rivals else ""
    profile.notes.append(f"dates of {name}: {best} ({scores[best][0]} of {total} different sampled cells{also})")
    return True


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    return int((connection.execute(f"select count(*) from {source}").fetchone() or (0,))[0])


def _expected(binding: Binding, name: str, profile: Profile) -> str:
    """SQL condition on a day `{0}` that decides which order of day and month is right where several can read the cells.

    What starts a month, quarter or year is a first day; a day of the file lies in the period that it states.
    """
    grain = binding.contract.grain
    if grain and any(part.field == name and part.unit in ("month", "quarter", "year") for part in grain.segments):
        return "day({0}) = 1"
    first, last = profile.span
    if grain and first and last and name in (grain.day, grain.period_start, grain.period_end):
        return f"cast({{0}} as date) between date '{first}' and date '{last}'"
    return "false"


def _map_dates(
    connection: duckdb.DuckDBPyConnection, binding: Binding, name: str, kind: str, profile: Profile, relation: str,
    newest: date | None,
) -> bool:  # fmt: skip
    """Read the distinct cells of a column with the many-language reader; False if that reads none."""
    cell = f"c{binding.columns[name]}"
    rows = connection.execute(
        f"select {cell}, min(rn) from {relation} where {cell} is not null group by 1 order by 2 limit {DISTINCT_DATES}"
    ).fetchall()
    order = date_order(binding.contract, binding.language)
    texts = [row[0] for row in rows]
    pairs: list[tuple[str, str]]
    if binding.contract.fields[name].yearless:
        whole = {text: moment for text in texts if has_year(text, order) and (moment := parse_datetime(text, order))}
        pairs = [(text, moment.replace(tzinfo=None).isoformat(sep=" ")) for text, moment in whole.items()]
        if newest is not None:
            inferred = infer_years(texts, order, newest)
            pairs += [(text, day.isoformat()) for text, day in inferred.items() if text not in whole]
    else:
        read = [(text, parse_datetime(text, order)) for text in texts if not names_two_days(text)]
        pairs = [(t, m.replace(tzinfo=None).isoformat(sep=" ")) for t, m in read if m]
    if not pairs:
        return False
    table = f"fh_dates_{name}"
    connection.execute(f"create or replace temp table {table} (cell varchar, value {kind})")
    cells, values = (sql_list(column, "varchar") for column in zip(*pairs, strict=True))
    connection.execute(f"insert into {table} select unnest({cells}), unnest({values})::{kind}")
    profile.mapped[name] = table
    profile.notes.append(f"dates of {name}: {len(pairs)} localised values read as {order} in {binding.language}")
    return True
