"""Odd cells in SQL: what the engine's own casts do not read. `sql_values.py` asks these for such cells only.

The macros say of every cell what `cells.number_text` says of it. Functions of Python called from SQL would be shorter;
to register the first one, the engine's Python side imports numpy, a fifth of a second of every process.
"""

from __future__ import annotations

from funnelhouse.reading.cells.numbers import LONGEST, SIGNS, SPACES
from funnelhouse.sql import sql_text

_AROUND = (
    # The sign in front of a currency stays, and so does the character behind a code; only one mark at each end goes.
    (f"^(?:([-+]?)[A-Z]{{0,3}}{SIGNS}|[<>%]|[A-Z]{{2,3}}([-+.0-9]))", r"\1\2"),
    (f"(?:{SIGNS}|([0-9])(?:[A-Z]{{3}}|kr|đ)|%)$", r"\1"),
)
_DOT = r"^[-+]?(?:(?:\d{1,3}(?:,\d{2,3})*,\d{3}|\d+)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$"
_POINT = r"^[-+]?\d+\.(?:\d{1,2}|\d{4,})(?:[eE][-+]?\d+)?$"
_COMMA = r"^[-+]?(?:(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d*)?|,\d+)$"


def _bare() -> str:
    """SQL of the cell `x` without blanks, marks of thousands, brackets, currency and percent sign."""
    plain = f"translate(x, {sql_text('−' + SPACES + chr(39) + '’`')}, '-')"
    found = rf"regexp_replace({plain}, '(?s)^\((.*)\)$', '-\1')"
    for pattern, kept in _AROUND:
        found = f"regexp_replace({found}, {sql_text(pattern)}, {sql_text(kept)})"
    return f"case when length(x) <= {LONGEST} then {found} end"


def once(value: str, name: str, use: str) -> str:
    """SQL of `use`, in which `name` stands for `value`: computed once, however often it is used."""
    return f"list_transform([{value}], lambda {name}: {use})[1]"


# Digits and the place of the point, as Decimal reads them: a bigint has no room for what a cell can say.
_EXPONENT = once(
    "{'digits': regexp_replace(regexp_extract(t, '^[^eE]*'), '[-+.]', '', 'g'), "
    "'shift': try_cast(regexp_extract(t, '[eE](.*)$', 1) as integer) "
    "- length(regexp_extract(regexp_extract(t, '^[^eE]*'), '[.](.*)$', 1)), "
    "'sign': case when starts_with(t, '-') then '-' else '' end}",
    "p",
    "case when ltrim(p.digits, '0') = '' then 0 "
    "when p.shift >= 0 and length(ltrim(p.digits, '0')) + p.shift <= 18 "
    "then try_cast(p.sign || p.digits || repeat('0', p.shift) as bigint) "
    "when p.shift < 0 and -p.shift < length(p.digits) and ltrim(right(p.digits, -p.shift), '0') = '' "
    "and length(ltrim(p.digits, '0')) + p.shift <= 18 "
    "then try_cast(p.sign || left(p.digits, length(p.digits) + p.shift) as bigint) end",
)
_CLOCK = "(?:([0-9]+):)?([0-9]{1,3}):([0-9]{1,2}(?:[.][0-9]+)?)"

MACROS = [
    f"create or replace temp macro fh_bare(x) as {_bare()}",
    # The number in plain notation, or NULL.
    f"create or replace temp macro fh_dot(x) as nullif(replace(regexp_extract(fh_bare(x), '{_DOT}'), ',', ''), '')",
    # In a decimal-comma file a dot followed by other than three digits is a decimal point all the same.
    "create or replace temp macro fh_comma(x) as "
    + once(
        "fh_bare(x)",
        "b",
        f"coalesce(nullif(regexp_extract(b, '{_POINT}'), ''), "
        f"nullif(translate(regexp_extract(b, '{_COMMA}'), ',.', '.'), ''))",
    ),
    # The whole number of a plain notation; NULL if it has a fraction.
    "create or replace temp macro fh_whole(n) as "
    + once(
        "n",
        "t",
        "case when regexp_full_match(t, '[-+]?0*[0-9]{0,18}(?:[.]0*)?') "
        "then coalesce(try_cast(regexp_extract(t, '^[-+]?[0-9]+') as bigint), 0) "
        f"when contains(lower(t), 'e') then {_EXPONENT} end",
    ),
    # A number of points as the fraction that it is: moving the point in the text loses nothing.
    "create or replace temp macro fh_hundredth(n) as "
    + once(
        "n",
        "t",
        "try_cast(regexp_extract(t, '^[^eE]*') || 'e' || "
        "cast(coalesce(try_cast(nullif(regexp_extract(t, '[eE](.*)$', 1), '') as integer), 0) - 2 as varchar) "
        "as double)",
    ),
    # A fraction, from points where the cell has a percent sign or plain numbers are points.
    "create or replace temp macro fh_rate(x, n, as_points) as case when abs(try_cast(n as double)) <= 1e9 "
    "then case when as_points or contains(x, '%') then fh_hundredth(n) else try_cast(n as double) end end",
    # `1:02:03` and `2:03` whatever the unit, else a number times the seconds of the unit.
    "create or replace temp macro fh_seconds(x, n, factor) as case "
    f"when regexp_full_match(trim(x, {sql_text(SPACES)}), '{_CLOCK}') then "
    + once(
        f"string_split(trim(x, {sql_text(SPACES)}), ':')",
        "p",
        "coalesce(try_cast(p[-3] as double), 0) * 3600 + cast(p[-2] as double) * 60 + cast(p[-1] as double)",
    )
    + " when abs(try_cast(n as double)) < 1e12 then try_cast(n as double) * factor end",
    # The wrappers that platforms and spreadsheets put around an id.
    f"create or replace temp macro fh_id(x) as nullif(trim(regexp_replace(regexp_replace(trim(x, {sql_text(SPACES)}), "
    f"""'^(?:="|\\[|''|")', ''), '["\\]]$', ''), {sql_text(SPACES)}), '')""",
]
