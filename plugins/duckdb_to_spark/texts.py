"""Texts: patterns, formats, accents, JSON."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from sqlglot import exp

from duckdb_to_spark import patterns
from duckdb_to_spark.infer import type_of
from duckdb_to_spark.numbers import refuse_text
from duckdb_to_spark.scope import Rule, Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark, text


def _pattern(node: exp.Expr, flags: str = "") -> exp.Expr:
    """The pattern as Java reads it; of one put together, the texts it is put together of."""
    if isinstance(node, exp.Literal):
        return text(patterns.java(node.name, flags))
    for part in list(node.find_all(exp.Literal)):
        if part.is_string and isinstance(part.parent, (exp.DPipe, exp.Coalesce)):
            part.replace(text(patterns.java(part.name)))
    lead = patterns.lead(flags, node.sql("duckdb"))
    return spark("CONCAT({}, {})", text(lead), node) if lead else node


def _flags(node: exp.Expr, name: str) -> str:
    flags = node.args.get(name)
    if flags is None:
        return ""
    if not isinstance(flags, exp.Literal):
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the flags of the pattern as a text.")
    return flags.name


def full_match(node: exp.Expr, _: Scope) -> exp.Expr:
    """`regexp_full_match`: a match from the first to the last character."""
    pattern, flags = node.args["expression"], _flags(node, "options")
    if isinstance(pattern, exp.Literal):
        whole = patterns.java(pattern.name, flags)
        lead = re.match(r"\(\?[a-z]+\)", whole)
        start = lead[0] if lead else ""
        return spark("({} RLIKE {})", _operand(node.this), text(f"{start}\\A(?:{whole[len(start) :]})\\z"))
    begin = text(patterns.lead(flags, pattern.sql("duckdb")) + "\\A(?:")
    return spark("({} RLIKE CONCAT({}, {}, {}))", _operand(node.this), begin, _pattern(pattern), text(")\\z"))


def matches(node: exp.Expr, _: Scope) -> exp.Expr:
    """`regexp_matches`: a match anywhere."""
    return spark("({} RLIKE {})", _operand(node.this), _pattern(node.args["expression"], _flags(node, "flag")))


def _operand(node: exp.Expr) -> exp.Expr:
    return exp.Paren(this=node) if isinstance(node, (exp.Binary, exp.Not)) else node


def replaced(node: exp.Expr, _: Scope) -> exp.Expr:
    """`regexp_replace`: without flag g only the first match, where Spark replaces all."""
    pattern, with_, flags = node.args["expression"], node.args.get("replacement"), _flags(node, "modifiers")
    if not isinstance(with_, exp.Literal):
        raise UnknownConstruct(f"{node.sql('duckdb')}: write what replaces the match as a text.")
    first = pattern
    while isinstance(first, exp.DPipe):
        first = first.this
    if "g" in flags or (isinstance(first, exp.Literal) and patterns.is_anchored(first.name)):
        found = _pattern(pattern, flags.replace("g", ""))
        return spark("REGEXP_REPLACE({}, {}, {})", node.this, found, text(patterns.replacement(with_.name)))
    if not isinstance(pattern, exp.Literal) or "\\0" in with_.name:
        raise UnknownConstruct(f"{node.sql('duckdb')}: replace all ('g'), or write the pattern as a text.")
    found = text(f"\\A((?s:.)*?)(?:{patterns.java(pattern.name, flags)})")
    return spark("REGEXP_REPLACE({}, {}, {})", node.this, found, text("$1" + patterns.replacement(with_.name, 1)))


def extracted(node: exp.Expr, _: Scope) -> exp.Expr:
    """`regexp_extract`: the whole match if no group is asked for."""
    group = node.args.get("group") or exp.Literal.number(0)
    pattern = _pattern(node.args["expression"], _flags(node, "parameters"))
    return spark("REGEXP_EXTRACT({}, {}, {})", node.this, pattern, group)


def split_by_pattern(node: exp.Expr, _: Scope) -> exp.Expr:
    """`string_split_regex`."""
    return spark("SPLIT({}, {})", node.this, _pattern(node.args["expression"]))


def split(node: exp.Expr, _: Scope) -> exp.Expr:
    """`string_split` by a text; Spark splits by a pattern."""
    by = node.args["expression"]
    if not isinstance(by, exp.Literal):
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the separator as a text.")
    return spark("SPLIT({}, {})", node.this, text(re.sub(r"([\\.\[\]{}()*+?^$|])", r"\\\1", by.name)))


def like(node: exp.Expr, _: Scope) -> exp.Expr:
    """`like` without ESCAPE: a backslash is one in DuckDB and escapes in Spark."""
    pattern = node.args["expression"]
    if isinstance(pattern, exp.Literal) and not isinstance(node.parent, exp.Escape) and "\\" in pattern.name:
        node.set("expression", text(pattern.name.replace("\\", "\\\\")))
    return node


def joined(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`||` and `concat`: numbers and dates are cast to text first."""
    for part in node.iter_expressions():
        refuse_text(part, type_of(part, scope))
    return node


def joined_by(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`concat_ws` takes texts only in Spark."""
    parts = [
        part if type_of(part, scope).name == "TEXT" else spark("CAST({} AS STRING)", part)
        for part in joined(node, scope).expressions
    ]
    return spark(f"CONCAT_WS({', '.join('{}' for _ in parts)})", *parts)


def likeness(node: exp.Expr, _: Scope) -> exp.Expr:
    """`jaro_winkler_similarity` compares bytes in DuckDB and characters in Spark."""
    of_bytes = "DECODE(ENCODE({}, 'UTF-8'), 'ISO-8859-1')"
    return spark(f"JARO_WINKLER_SIMILARITY({of_bytes}, {of_bytes})", node.this, node.args["expression"])


def position(node: exp.Expr, _: Scope) -> exp.Expr:
    """`strpos(text, part)`: 1 for the first character, 0 if it is not there."""
    return spark("CAST(INSTR({}, {}) AS BIGINT)", node.this, node.args["substr"])


def formatted(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`format`: braces become those of printf. Fixed digits of a double round halves to even, Java's round them up."""
    pattern = node.this
    if not isinstance(pattern, exp.Literal):
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the format as a text.")
    values = list(node.expressions)
    written: list[str] = []
    parts: list[exp.Expr] = []
    calls: list[str] = []
    place = 0
    for found in re.finditer(r"\{\{|\}\}|\{([^{}]*)\}|%|[^{}%]+", pattern.name):
        if found[1] is None:
            written.append({"{{": "{", "}}": "}", "%": "%%"}.get(found[0], found[0]))
            continue
        if place >= len(values):
            raise UnknownConstruct(f"{node.sql('duckdb')}: more braces than values.")
        code, call = _format_code(found[1], node)
        written.append(code)
        calls.append(call)
        parts.append(values[place])
        place += 1
    for part, call in zip(parts, calls, strict=True):
        if call == _AS_TEXT:
            refuse_text(node, type_of(part, scope))
    told = f"FORMAT_STRING({', '.join(['{}', *calls])})"
    asked = [_operand(part.copy()) for part in parts if not isinstance(part, exp.Literal)]
    if not asked:
        return spark(told, text("".join(written)), *parts)
    # A value that is NULL makes all of it NULL; Spark would write the word.
    known = " AND ".join("{} IS NOT NULL" for _ in asked)
    return spark(f"CASE WHEN {known} THEN {told} END", *asked, text("".join(written)), *parts)


_AS_TEXT = "CAST({} AS STRING)"


def _format_code(spec: str, node: exp.Expr) -> tuple[str, str]:
    """Code of printf for what stands in braces, and what is done with the value first."""
    if spec in ("", ":s"):
        return "%s", _AS_TEXT
    if spec in (":d", ":,", ":,d"):
        return "%,d" if "," in spec else "%d", "{}"
    fixed = re.fullmatch(r":(\+?)(,?)\.(\d)f", spec)
    if not fixed:
        raise UnknownConstruct(f"{node.sql('duckdb')}: {{{spec}}} in a format. Known: {{}}, {{:d}}, {{:,}}, {{:,.1f}}.")
    power = f"1E{fixed[3]}D"
    return f"%{fixed[1]}{fixed[2]}.{fixed[3]}f", f"RINT(CAST({{}} AS DOUBLE) * {power}) / {power}"


@cache
def _accents() -> tuple[str, str]:
    """Letters with accents of the Latin, Greek and Cyrillic blocks, and without; then marks, which are dropped."""
    marked: list[str] = []
    plain: list[str] = []
    for code in [*range(0xC0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000)]:
        base = "".join(c for c in unicodedata.normalize("NFD", chr(code)) if not unicodedata.combining(c))
        if base != chr(code) and len(base) == 1:
            marked.append(chr(code))
            plain.append(base)
    marked.extend(chr(code) for code in range(0x300, 0x370))
    return "".join(marked), "".join(plain)


def without_accents(node: exp.Expr, _: Scope) -> exp.Expr:
    """`strip_accents`."""
    marked, plain = _accents()
    return spark("TRANSLATE({}, {}, {})", node.expressions[0], text(marked), text(plain))


def hashed(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`hash` of values: XXHASH64 passes over NULLs, so that a value is NULL is hashed, too. Another number."""
    values: list[exp.Expr] = []
    for one in node.expressions:
        row = scope.row(one.name.lower()) if isinstance(one, exp.Column) and not one.table else None
        if row is not None and scope.find(one.name.lower(), "") is None:
            values.extend(exp.column(exp.to_identifier(name), table=one.this.copy()) for name in row.names)
        elif isinstance(one, exp.Struct):
            values.extend(field.expression if isinstance(field, exp.PropertyEQ) else field for field in one.expressions)
        else:
            values.append(one)
    holes = ", ".join("{} IS NULL, {}" for _ in values)
    return spark(f"XXHASH64({holes})", *(part for value in values for part in (_operand(value.copy()), value)))


def raised(node: exp.Expr, _: Scope) -> exp.Expr:
    """`error(text)`."""
    return spark("RAISE_ERROR({})", node.expressions[0])


def json_text(node: exp.Expr, _: Scope) -> exp.Expr:
    """`json ->> path`: a field of the outermost object, by its name or by a JSON pointer, which may be put together."""
    path = node.args["expression"]
    if isinstance(path, exp.JSONPath):
        keys = [part.name for part in path.expressions if isinstance(part, exp.JSONPathKey)]
        if len(keys) != 1 or len(path.expressions) != 2:
            raise UnknownConstruct(f"{node.sql('duckdb')}: a path in JSON. Ask for one name of the outermost object.")
        path = text(keys[0])
    elif isinstance(path, (exp.Column, exp.Identifier)):
        pointed = "REPLACE(REPLACE(SUBSTR({}, 2), '~1', '/'), '~0', '~')"
        path = spark(f"IF({{}} LIKE '/%', {pointed}, {{}})", path, path.copy(), path.copy())
    else:
        path = spark("REPLACE(REPLACE(SUBSTR({}, 2), '~1', '/'), '~0', '~')", path)
    return spark("TRY_ELEMENT_AT(FROM_JSON({}, 'MAP<STRING, STRING>'), {})", node.this, path)


def json_keys(node: exp.Expr, _: Scope) -> exp.Expr:
    """`json_keys`."""
    return spark("JSON_OBJECT_KEYS({})", node.this)


def row_as_json(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`to_json(t)` of a whole row: NULLs stay, as in DuckDB."""
    row = node.expressions[0]
    is_row = isinstance(row, exp.Column) and not row.table and type_of(row, scope).name == "STRUCT"
    if not is_row or scope.row(row.name.lower()) is None:
        raise UnknownConstruct(f"{node.sql('duckdb')}: to_json of other than a whole row, by its alias.")
    star = exp.Column(this=exp.Star(), table=row.this.copy())
    return spark("TO_JSON(STRUCT({}), MAP('ignoreNullFields', 'false'))", star)


def is_json(node: exp.Expr, _: Scope) -> exp.Expr:
    """`json_valid`."""
    return spark("(GET_JSON_OBJECT({}, '$') IS NOT NULL)", node.expressions[0])


RULES: Rules = {
    exp.RegexpFullMatch: full_match,
    exp.RegexpLike: matches,
    exp.RegexpReplace: replaced,
    exp.RegexpExtract: extracted,
    exp.RegexpSplit: split_by_pattern,
    exp.Split: split,
    exp.Like: like,
    exp.DPipe: joined,
    exp.Concat: joined,
    exp.ConcatWs: joined_by,
    exp.JarowinklerSimilarity: likeness,
    exp.StrPosition: position,
    exp.Format: formatted,
    exp.JSONExtractScalar: json_text,
    exp.JSONKeys: json_keys,
}
FUNCTIONS: dict[str, Rule] = {
    "error": raised,
    "hash": hashed,
    "json_valid": is_json,
    "strip_accents": without_accents,
    "to_json": row_as_json,
}
