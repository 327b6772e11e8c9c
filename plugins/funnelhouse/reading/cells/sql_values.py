"""Cells to typed values, in SQL. The engine's own casts read plain cells at full speed; odd ones go to `odd_cells.py`.

A typed value is NULL for a null cell and for an unreadable one; `typed_rows.py` separates the two by the cell. Every
alternative is a CASE: what the parts of a coalesce share is computed for every row, needed or not. A coalesce stands
only where its parts share nothing but the cell; there it spares the second computation of the value.
"""

from __future__ import annotations

import hashlib
import re
import string
from functools import lru_cache

# The standard library's own parser of patterns: it has no public one.
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import duckdb

from funnelhouse.masks import BARE_PHONE, EMAIL, EMAIL_HINTS, FEWEST_DIGITS, MASK, PHONE, PHONE_MASK
from funnelhouse.reading.cells.numbers import SPACES
from funnelhouse.reading.cells.odd_cells import MACROS as ODD_MACROS
from funnelhouse.reading.cells.odd_cells import once
from funnelhouse.sql import sql_text

NULLS = ("", "-", "--", "—", "–", "n/a", "#n/a", "nan", "null", "undefined")
"""Null tokens of typed cells, after trim, in lower case."""
TEXT_NULLS = ("", "-", "--", "—", "n/a", "#n/a", "undefined")
"""Null tokens of text cells: a campaign may be called `null` or `nan`."""

_TRUE = ("true", "yes", "1", "1.0", "y", "t", "x", "ja", "oui", "sí", "si", "sim", "có", "wahr", "vrai", "on")
_FALSE = ("false", "no", "0", "0.0", "n", "f", "nein", "non", "não", "nao", "không", "falsch", "faux", "nee", "off")
SANE = "between date '1990-01-01' and date '2100-12-31'"
"""A day that an export can be about."""


_SPACES = "[\\x{00a0}\\x{2007}\\x{2009}\\x{202f}]"
_UNSEEN = "[\\x{00ad}\\x{200b}-\\x{200f}\\x{2060}\\x{feff}]"


def _listed(tokens: tuple[str, ...] | list[str]) -> str:
    return "(" + ", ".join(sql_text(token) for token in tokens) + ")"


def _mask_macros() -> list[str]:
    """`fh_mask` of a cell of free text, `fh_mask_joined` of several in one text, which may be ids; see masks.py.

    Each pattern stands once in each: compiling them costs more than a small table's rows.
    """
    one, two = "\\1", "\\2"
    hints = " or ".join(f"contains(x, {sql_text(hint)})" for hint in EMAIL_HINTS)
    emails = f"regexp_replace(x, {sql_text(EMAIL)}, {sql_text(one + MASK)}, 'g')"
    phones = f"regexp_replace({emails}, {sql_text(PHONE)}, {sql_text(one + two + PHONE_MASK)}, 'g')"
    bare = f"regexp_replace({phones}, {sql_text(BARE_PHONE)}, {sql_text(one + PHONE_MASK + two)}, 'g')"
    plain = f"fh_digits(x) < {FEWEST_DIGITS} and not ({hints})"
    return [
        "create or replace temp macro fh_digits(x) as strlen(x) - strlen(translate(x, '0123456789', ''))",
        f"create or replace temp macro fh_mask_joined(x) as case when {plain} then x else {phones} end",
        f"create or replace temp macro fh_mask(x) as case when {plain} or fh_digits(x) = strlen(x) then x "
        f"else {bare} end",
    ]


MACROS = [
    # Plain blanks are the common case; trimming a set of characters is expensive.
    f"create or replace temp macro fh_trim(x) as case when strlen(x) <> length(x) or contains(x, chr(10)) "
    f"or contains(x, chr(9)) then trim(x, {sql_text(SPACES)}) else trim(x) end",
    # What patterns are compared with: `Total\u00a0: compte` holds a no-break space, `Ge\u00adsamt` a soft hyphen.
    f"create or replace temp macro fh_plain(x) as case when strlen(x) <> length(x) "
    f"then trim(regexp_replace(regexp_replace(x, {sql_text(_UNSEEN)}, '', 'g'), {sql_text(_SPACES)}, ' ', 'g'), "
    f"{sql_text(SPACES)}) else fh_trim(x) end",
    *_mask_macros(),
    # Tokens are lower case and separated by U+001F. Short to plan, and no call of a function outside of the engine: its
    # first one imports pandas, half a second.
    f"create or replace temp macro fh_is_null(x, tokens) as case when contains(x, chr(31)) then false "
    f"else contains(chr(31) || chr(31) || tokens || chr(31), chr(31) || lower(trim(x, {sql_text(SPACES)})) || chr(31)) "
    "end",
    "create or replace temp macro fh_keyed(x) as case when x is not null then sha256(getvariable('fh_outer') || "
    "unhex(sha256(getvariable('fh_inner') || encode(x)))) end",
    "create or replace temp macro fh_hash(x) as fh_keyed(lower(fh_trim(x)))",
    "create or replace temp macro fh_is_damaged_id(x) as case when contains(x, 'E') or contains(x, 'e') "
    "then regexp_matches(x, '^\\s*\\d([.,]\\d+)?[eE]\\+?\\d{1,2}\\s*$') else false end",
    # An offset in the cell is honoured; without one the text is taken as it stands.
    "create or replace temp macro fh_has_offset(x) as regexp_matches(x, '\\d:\\d\\d.*([-+]\\d\\d:?(\\d\\d)?|Z)\\s*$')",
    "create or replace temp macro fh_offset_time(x) as coalesce("
    "cast(try_cast(regexp_replace(x, '\\s+([-+]\\d)', '\\1') as timestamptz) as timestamp), "
    "cast(try_strptime(fh_trim(x), ['%Y-%m-%d %H:%M %z', '%Y-%m-%dT%H:%M%z']) as timestamp))",
]


# It turns each list of null tokens into a hash join: five times the time for a cell, and for a small file.
_NEVER = "in_clause"
# What costs most of the planning of long expressions, and pays with many rows only.
_NOT_FOR_FEW = (
    f"{_NEVER},expression_rewriter,common_subexpressions,statistics_propagation,common_aggregate,column_lifetime"
)


def plan_for(connection: duckdb.DuckDBPyConnection, *, is_small: bool) -> None:
    """Choose how much thought the engine gives to a plan. It never changes a result."""
    connection.execute(f"set disabled_optimizers = '{_NOT_FOR_FEW if is_small else _NEVER}'")


def prepare(connection: duckdb.DuckDBPyConnection, pii_key: bytes) -> None:
    """Make a connection ready to type cells: functions, UTC, the key of the hashes in variables."""
    connection.execute("set timezone = 'UTC'")
    plan_for(connection, is_small=False)
    padded = (pii_key if len(pii_key) <= 64 else _digest(pii_key)).ljust(64, b"\0")
    for name, byte in (("fh_inner", 0x36), ("fh_outer", 0x5C)):
        # No parameter: to bind one, the engine's Python side imports pandas, half a second of each process. Statements
        # are not logged, and queries only name the variables.
        connection.execute(f"set variable {name} = unhex('{bytes(b ^ byte for b in padded).hex()}')")
    for macro in (*MACROS, *ODD_MACROS):
        connection.execute(macro)


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def is_null_cell(cell: str, tokens: tuple[str, ...] | list[str]) -> str:
    """SQL: the cell stands for no value. Long cells need no look."""
    longest = max(map(len, tokens), default=0) + 4
    return f"({cell} is null or (strlen({cell}) <= {longest} and lower(fh_trim({cell})) in {_listed(tokens or [''])}))"


def _is_token(cell: str, tokens: list[str]) -> str:
    """SQL: the cell, not null, is one of the tokens; a look at its first character spares most rows the comparison."""
    firsts = {first for token in tokens for first in (token[:1], token[:1].upper()) if first}
    codes = ", ".join(str(ord(first)) for first in [*sorted(firsts), *SPACES])
    said = f"lower(trim({cell})) in {_listed(tokens or [''])}"
    return f"case when {cell} = '' or ascii({cell}) in ({codes}) then {said} else false end"


def is_odd_null(cell: str, tokens: tuple[str, ...] | list[str]) -> str:
    """SQL: the same for the few cells that gave no value: short to plan, dear to run."""
    return f"case when {cell} is null then true else fh_is_null({cell}, {sql_text(chr(31).join(tokens))}) end"


def _is_plain(cell: str, tokens: list[str], others: str, last: str) -> str:
    """SQL: the cell is made of plain characters (a class of a pattern) and can be no null token; one look at it.

    Its first character is a letter or digit that begins no token, its last one of `last`.
    """
    taken = {code for token in tokens for code in (token[:1].lower(), token[:1].upper())}
    firsts = "".join(c for c in string.ascii_letters + string.digits if c not in taken)
    return f"regexp_full_match({cell}, '[{firsts}](?:[{others}]*[{last}])?')"


def text(cell: str, tokens: list[str]) -> str:
    """SQL: the trimmed text, NULL for a null cell."""
    plain = _is_plain(cell, tokens, " -~", "!-~")
    exact = f"case when {_is_token(cell, tokens)} then null else nullif(fh_trim({cell}), '') end"
    return f"case when {plain} then {cell} when {cell} is null then null else {exact} end"


def identifier(cell: str, tokens: list[str]) -> str:
    """SQL: the id without wrappers, NULL for a null or a damaged one."""
    # Without an E it is not a number that a spreadsheet rounded.
    plain = _is_plain(cell, tokens, "0-9A-DF-Za-df-z_:.|-", "0-9A-DF-Za-df-z_:.|-")
    return (
        f"case when {plain} then {cell} when {cell} is null or {_is_token(cell, tokens)} "
        f"or fh_is_damaged_id({cell}) then null "
        f"when ascii({cell}) in (91, 61, 39, 34) or strlen({cell}) <> length({cell}) then fh_id({cell}) "
        f"when ascii({cell}) in (32, 9, 10, 13) then fh_id({cell}) "
        f"else trim({cell}) end"
    )


def _plainly(cell: str, style: str) -> str:
    """SQL: the number in the cell in plain notation, NULL if there is none."""
    return f"fh_{style}({cell})"


def number(cell: str, sql_type: str, style: str) -> str:
    """SQL: the number in the cell, in the file's style (`dot` or `comma`), as `sql_type`."""
    cast = f"try_cast({cell} as {sql_type})"
    # The engine casts `- ` to 0, and `1_000` to a thousand: a zero must be written in the cell, a line must not.
    fast = (
        f"case when contains({cell}, '_') then null when {cast} <> 0 then {cast} "
        f"when contains({cell}, '0') then {cast} end"
    )
    odd = f"try_cast({_plainly(cell, style)} as {sql_type})"
    if style == "dot":
        return (
            f"coalesce({fast}, case when {cell} is null then null "
            f"when regexp_full_match({cell}, '-?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?') "
            f"then try_cast(replace({cell}, ',', '') as {sql_type}) else {odd} end)"
        )
    return (
        f"case when {cell} is null then null "
        f"when not contains({cell}, '.') and not contains({cell}, ',') and {fast} is not null then {fast} "
        f"when regexp_full_match({cell}, '-?\\d{{1,3}}(\\.\\d{{3}})*,\\d+') "
        f"then try_cast(replace(replace({cell}, '.', ''), ',', '.') as {sql_type}) else {odd} end"
    )


def whole(cell: str, style: str) -> str:
    """SQL: the whole number in the cell; NULL if it has a fraction."""
    # Only what the number is written as counts: the engine also casts `- ` to 0, `0x1F` to 31 and `1.5` to 2.
    plain = f"try_cast({cell} as bigint)"
    mark = "," if style == "dot" else "."
    grouped = f"-?\\d{{1,3}}(\\{mark}\\d{{3}})+"
    return (
        f"coalesce(case when cast({plain} as varchar) = {cell} then {plain} end, "
        f"case when {cell} is null then null when regexp_full_match({cell}, '\\s*[-+]?\\d+\\s*') then {plain} "
        f"when regexp_full_match({cell}, '{grouped}') then try_cast(replace({cell}, '{mark}', '') as bigint) "
        f"else fh_whole({_plainly(cell, style)}) end)"
    )


def matches(cell: str, pattern: str) -> str:
    """SQL: the trimmed cell matches; a look at the first character saves most rows the pattern."""
    test = f"coalesce(regexp_matches(fh_plain({cell}), {sql_text(pattern)}), false)"
    firsts = first_characters(pattern)
    if firsts is None:
        return test
    codes = ", ".join(str(ord(first)) for first in [*sorted(firsts), *SPACES])
    # CASE, not AND: the engine reorders the parts of an AND by trial, and the pattern is a hundred times dearer.
    return f"case when ascii({cell}) in ({codes}) then {test} else false end"


@lru_cache(maxsize=1024)
def first_characters(pattern: str) -> frozenset[str] | None:
    """Characters a match of an anchored pattern can begin with; None if that is not known."""
    tree = parser.parse(pattern)
    if tree.state.flags & ~re.UNICODE:  # (?i) and its like: another character may begin it
        return None
    parsed = list(tree)
    if len(parsed) < 2 or parsed[0][0] is not constants.AT or parsed[0][1] is not constants.AT_BEGINNING:
        return None
    found = _firsts(parsed[1:])
    return None if found is None else frozenset(found)


def _firsts(items: list[Any]) -> set[str] | None:
    kind, value = items[0]
    if kind is constants.LITERAL:
        return {chr(value)}
    if kind is constants.SUBPATTERN:
        added, body = value[1], list(value[3])
        return _firsts(body) if not added and body else None
    if kind is constants.BRANCH:
        parts = [_firsts(list(branch)) if list(branch) else None for branch in value[1]]
        return None if any(part is None for part in parts) else set().union(*parts)  # type: ignore[arg-type]
    if kind is constants.IN and all(item[0] is constants.LITERAL for item in value):
        return {chr(item[1]) for item in value}
    return None


def rate(cell: str, style: str, percent: str, is_sheet: bool) -> str:
    """SQL: the rate in the cell as a fraction."""
    as_points = percent == "points" or (percent == "sign" and not is_sheet)
    value = once(_plainly(cell, style), "n", f"fh_rate({cell}, n, {str(as_points).lower()})")
    return f"case when {cell} is not null then {value} end"


def seconds(cell: str, style: str, factor: float, sql_type: str) -> str:
    """SQL: the duration in the cell in seconds."""
    return f"case when {cell} is not null then cast(round({seconds_in(cell, style, factor)}) as {sql_type}) end"


def seconds_in(cell: str, style: str, factor: float) -> str:
    """SQL: the seconds in the cell with their fraction; NULL if it holds no duration."""
    return once(_plainly(cell, style), "n", f"fh_seconds({cell}, n, {factor})")


def boolean(cell: str) -> str:
    """SQL: yes or no in the languages of the exports."""
    said = f"lower(fh_trim({cell}))"
    return f"case when {said} in {_listed(_TRUE)} then true when {said} in {_listed(_FALSE)} then false end"


def day(cell: str, formats: list[str], is_sheet: bool) -> str:
    """SQL: the day in the cell: ISO, else one of the formats of the file's family. `21-9-26` is not in the year 21."""
    ways = [f"try_cast({cell} as date)"]
    if formats:
        ways.append(f"cast(try_strptime(fh_trim({cell}), {strptime_list(formats)}) as date)")
    ways.append(f"try_cast(fh_trim({cell}) as date)")
    if is_sheet:  # a serial number in a cell that was not formatted as a date
        ways.append(f"date '1899-12-30' + cast(floor(try_cast({cell} as double)) as integer)")
    whens = " ".join(f"when {way} {SANE} then {way}" for way in ways)
    # The cast to a day reads the beginning of a cell and forgives the rest: of a range, the second day.
    several = f"strlen({cell}) > 12 and regexp_matches(substr({cell}, 9), '\\d{{1,4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,4}}')"
    return f"case when {several} then null {whens} end"


def moment(cell: str, formats: list[str], zone: str | None, *, offsets: bool) -> str:
    """SQL: the moment in the cell, converted from `zone` to UTC (None: left as written).

    `offsets` says that cells of this file name their offset.
    """
    ways = [f"try_cast({cell} as timestamp)"]
    if formats:
        ways.append(f"try_strptime(fh_trim({cell}), {strptime_list(formats)})")
    ways.append(f"try_cast(fh_trim({cell}) as timestamp)")  # blanks behind the minutes
    shift = "{0}" if not zone or zone.upper() == "UTC" else f"({{0}} at time zone {sql_text(zone)}) at time zone 'UTC'"
    whens = " ".join(f"when {way} {SANE} then {shift.format(way)}" for way in ways)
    # Where no sampled cell has an offset, one that does later is unreadable rather than misread.
    first = (
        f"when fh_has_offset({cell}) then fh_offset_time({cell})"
        if offsets
        else f"when contains({cell}, '+') then null"
    )
    return f"case {first} {whens} end"


def strptime_list(formats: list[str]) -> str:
    """SQL: the formats as a list literal."""
    return "[" + ", ".join(sql_text(text) for text in formats) + "]"
