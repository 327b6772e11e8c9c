"""Letters of a text: capital and small ones, blanks around it, parts of it by place.

Capital and small letters were compared one by one. Only those differ that came to Unicode after DuckDB's tables of it,
with Garay, Beria Erfe and some Latin letters of linguists: DuckDB leaves them as they are.
"""

from __future__ import annotations

import sys
from functools import cache

from sqlglot import exp

from duckdb_to_spark.kinds import INTEGERS, of_node
from duckdb_to_spark.scope import Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark

_BLANKS = " \\u00a0\\u1680" + "".join(f"\\u{code:04x}" for code in range(0x2000, 0x200B)) + "\\u202f\\u205f\\u3000"
"""All spaces of Unicode (category Zs), which `trim` takes away; Spark's takes the blank."""

_PRIVATE = 0xF0000


def lower(node: exp.Expr, _: Scope) -> exp.Expr:
    """`lower`: each letter for itself. Java knows a second small sigma at the end of a word, and an i with two dots."""
    if _is_plain(node.this):
        return node
    return spark("LOWER(TRANSLATE({}, 'İΣ', 'iσ'))", node.this)


@cache
def _written_longer() -> tuple[str, str]:
    """Letters whose capitals are several letters in Java (SS for ß), and their one capital, or themselves."""
    letters = [chr(code) for code in range(sys.maxunicode + 1) if len(chr(code).upper()) > 1]
    capitals = ["ẞ" if letter == "ß" else letter.title() for letter in letters]
    return "".join(letters), "".join(
        capital if len(capital) == 1 else letter for letter, capital in zip(letters, capitals, strict=True)
    )


def upper(node: exp.Expr, _: Scope) -> exp.Expr:
    """`upper`: each letter for itself; those that Java would write longer are signs of no script meanwhile."""
    if _is_plain(node.this):
        return node
    letters, capitals = _written_longer()
    signs = "".join(f"\\U{_PRIVATE + place:08x}" for place in range(len(letters)))
    return spark(f"TRANSLATE(UPPER(TRANSLATE({{}}, '{letters}', '{signs}')), '{signs}', '{capitals}')", node.this)


def _is_plain(node: exp.Expr) -> bool:
    return isinstance(node, exp.MD5) or (isinstance(node, exp.Literal) and node.name.isascii())


def trim(node: exp.Expr, _: Scope) -> exp.Expr:
    """`trim`, `ltrim` and `rtrim` of blanks; of letters that are named it is the same on both."""
    if node.args.get("expression") is not None:
        return node
    return spark(f"TRIM({node.text('position') or 'BOTH'} '{_BLANKS}' FROM {{}})", node.this)


def end(node: exp.Expr, _: Scope) -> exp.Expr:
    """`left` and `right`: a negative number of letters means all but so many, in Spark none."""
    if not _is_at_least(node.args["expression"], 0):
        raise UnknownConstruct(f"{node.sql('duckdb')}: how many letters may be negative. Use greatest(.., 0).")
    return node


def substring(node: exp.Expr, _: Scope) -> exp.Expr:
    """`substring` from a place that is 1 or more; before the first letter the engines count otherwise."""
    start, length = node.args["start"], node.args.get("length")
    if not _is_at_least(start, 1) or (length is not None and not _is_at_least(length, 0)):
        raise UnknownConstruct(f"{node.sql('duckdb')}: where it begins or how long it is may be below 1.")
    return node


def split_part(node: exp.Expr, _: Scope) -> exp.Expr:
    """`split_part` by a text; by none, DuckDB gives single letters."""
    by, place = node.args["delimiter"], node.args["part_index"]
    if not isinstance(by, exp.Literal) or not by.name or not _is_at_least(place, 1):
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the separator as a text, and count parts from 1.")
    return node


def _is_at_least(node: exp.Expr, least: int) -> bool:
    """Whether a whole number is surely not smaller than 0 or 1, or NULL."""
    node = node.unnest()
    if isinstance(node, exp.Literal):
        return node.is_int and int(node.name) >= least
    if isinstance(node, exp.Cast):
        return of_node(node.args["to"]).name in INTEGERS and _is_at_least(node.this, least)
    if isinstance(node, exp.Add):
        left, right = node.this, node.expression
        return any(_is_at_least(a, least) and _is_at_least(b, 0) for a, b in ((left, right), (right, left)))
    if isinstance(node, exp.Greatest):
        return any(_is_at_least(one, least) for one in (node.this, *node.expressions))
    if isinstance(node, exp.Coalesce):
        return all(_is_at_least(one, least) for one in (node.this, *node.expressions))
    return not least and isinstance(node, (exp.Length, exp.StrPosition, exp.ArraySize, exp.Count))


RULES: Rules = {
    exp.Lower: lower,
    exp.Upper: upper,
    exp.Trim: trim,
    exp.Left: end,
    exp.Right: end,
    exp.Substring: substring,
    exp.SplitPart: split_part,
}
