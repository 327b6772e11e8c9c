"""Lists and structs."""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark import order
from duckdb_to_spark.infer import type_of
from duckdb_to_spark.kinds import UNKNOWN
from duckdb_to_spark.numbers import refuse_text
from duckdb_to_spark.scope import Rule, Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark


def series(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`generate_series`: empty if its end comes before its start, where SEQUENCE counts down; of days, instants."""
    start, end, step = node.args["start"], node.args["end"], node.args.get("step")
    kinds = [type_of(one, scope) for one in (start, end)]
    if all(kind.is_integer for kind in kinds) and step is None:
        last = "CAST({} AS BIGINT) - 1" if node.args.get("is_end_exclusive") else "CAST({} AS BIGINT)"  # range(..)
        start, end = spark("CAST({} AS BIGINT)", start), spark(last, end)
        return spark("IF({} <= {}, SEQUENCE({}, {}, 1), ARRAY())", *_twice(start, end))
    of_days = all(kind.name in ("DATE", "TIMESTAMP") for kind in kinds) and not node.args.get("is_end_exclusive")
    if of_days and isinstance(step, exp.Interval):
        start, end = (
            one if kind.name == "TIMESTAMP" else spark("CAST({} AS TIMESTAMP_NTZ)", one)
            for one, kind in zip((start, end), kinds, strict=True)
        )
        return spark("IF({} <= {}, SEQUENCE({}, {}, {}), ARRAY())", *_twice(start, end), step)
    raise UnknownConstruct(
        f"{node.sql('duckdb')}: generate_series of other than whole numbers by one, or of days by an interval."
    )


def _twice(start: exp.Expr, end: exp.Expr) -> list[exp.Expr]:
    return [start, end, start.copy(), end.copy()]


def element(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`list[n]`, counted from 1 and NULL where there is none; `zipped[n]` of what list_zip made; `list[n:]`."""
    of, index = type_of(node.this, scope), node.expressions[0]
    if of.name == "STRUCT":
        if isinstance(index, exp.Literal) and index.is_number:
            return spark(f"{{}}._{index.name}", node.this)
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the field of a struct as struct.field.")
    if of.name != "LIST":
        raise UnknownConstruct(f"{node.sql('duckdb')}: [..] of other than a list.")
    if isinstance(index, exp.Slice):
        return _slice(node, index)
    if isinstance(index, exp.Literal) and index.is_int:
        return spark(f"GET({{}}, {int(index.name) - 1})", node.this)
    if not type_of(index, scope).is_integer:
        raise UnknownConstruct(f"{node.sql('duckdb')}: a place in a list that is not an integer. Cast it to one.")
    # Negative places count from the end; GET has nothing at those that are still negative.
    place = "CAST(CASE WHEN {} < 0 THEN SIZE({}) + {} ELSE {} - 1 END AS INT)"
    index = order.operand(index)
    return spark(f"GET({{}}, {place})", node.this, index, node.this.copy(), *(index.copy() for _ in range(2)))


def _slice(node: exp.Expr, index: exp.Slice) -> exp.Expr:
    start, end = index.args.get("this"), index.args.get("expression")
    if not isinstance(start, exp.Literal) or not start.is_int or end is not None or index.args.get("step") is not None:
        raise UnknownConstruct(f"{node.sql('duckdb')}: of slices only list[n:], n written out.")
    return spark(f"SLICE({{}}, {max(int(start.name), 1)}, SIZE({{}}))", node.this, node.this.copy())


def transformed(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`list_transform` and `list_filter`: the parameter is an element of the list."""
    action = node.args["expression"]
    if not isinstance(action, exp.Lambda) or len(action.expressions) != 1:
        raise UnknownConstruct(f"{node.sql('duckdb')}: places count from 1, in Spark from 0. Zip them to it.")
    type_of(node, scope)
    return node


def comprehension(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`[x .. for x in list if ..]`."""
    inner = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(inner, exp.Comprehension):
        return node
    if inner.args.get("position") is not None:
        raise UnknownConstruct(f"{node.sql('duckdb')}: places count from 1, in Spark from 0. Zip them to it.")
    name, source, condition = inner.args["expression"].name, inner.args["iterator"], inner.args.get("condition")
    scope.parameters[name.lower()] = type_of(source, scope).element or UNKNOWN
    if condition is None:
        return spark(f"TRANSFORM({{}}, {name} -> {{}})", source, inner.this)
    return spark(f"TRANSFORM(FILTER({{}}, {name} -> {{}}), {name} -> {{}})", source, condition, inner.this)


def zipped(node: exp.Expr, _: Scope) -> exp.Expr:
    """`list_zip`: structs without names for their fields; here `_1`, `_2` and so on."""
    lists = node.expressions
    if len(lists) not in (2, 3):
        raise UnknownConstruct(f"{node.sql('duckdb')}: list_zip of two or three lists.")
    pairs = "ZIP_WITH({}, {}, (x, y) -> NAMED_STRUCT('_1', x, '_2', y))"
    if len(lists) == 2:
        return spark(pairs, *lists)
    return spark(
        f"ZIP_WITH({pairs}, {{}}, (xy, z) -> NAMED_STRUCT('_1', xy._1, '_2', xy._2, '_3', z))",
        *lists,
    )


def summed(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`list_sum` of whole numbers or decimals, which Spark adds up to 38 digits, as DuckDB does. Nothing has no sum."""
    of = type_of(node.expressions[0], scope).element
    if of is None or not (of.is_integer or of.name == "DECIMAL"):
        raise UnknownConstruct(f"{node.sql('duckdb')}: list_sum of other than whole numbers and decimals.")
    total = f"DECIMAL(38, {of.scale})"
    start, end = f"CAST(NULL AS {total})", f"CAST(COALESCE(total + one, total, one) AS {total})"
    return spark(f"AGGREGATE({{}}, {start}, (total, one) -> {end})", node.expressions[0])


def any_true(node: exp.Expr, _: Scope) -> exp.Expr:
    """`list_bool_or`: NULLs do not count, and of nothing but NULLs it is NULL."""
    return spark("ARRAY_MAX({})", node.expressions[0])


def _is_without_nulls(node: exp.Expr) -> bool:
    if isinstance(node, exp.Array):
        return all(isinstance(one, exp.Literal) for one in node.expressions)
    return isinstance(node, (exp.Split, exp.RegexpSplit))


def contains(node: exp.Expr, _: Scope) -> exp.Expr:
    """`list_contains`: false if it is not there, where Spark's is NULL if a NULL is."""
    values = node.this if _is_without_nulls(node.this) else spark("ARRAY_COMPACT({})", node.this)
    return spark("ARRAY_CONTAINS({}, {})", values, node.args["expression"])


def joined(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`array_to_string`: NULL if the list holds nothing but NULLs, an empty text if it holds nothing."""
    values, separator = node.this, node.args["expression"]
    refuse_text(values, type_of(values, scope).element or UNKNOWN)
    if _is_without_nulls(values):
        return spark("ARRAY_JOIN({}, {})", values, separator)
    return spark(
        "CASE WHEN SIZE({}) = 0 OR EXISTS({}, one -> one IS NOT NULL) THEN ARRAY_JOIN({}, {}) END",
        values, values.copy(), values.copy(), separator,
    )  # fmt: skip


def size(node: exp.Expr, _: Scope) -> exp.Expr:
    """`len` of a list."""
    return spark("CAST(SIZE({}) AS BIGINT)", node.this)


def length(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`length` or `len`: of a text or of a list, which sqlglot does not tell apart."""
    of = type_of(node.this, scope)
    if of.name not in ("TEXT", "LIST"):
        raise UnknownConstruct(f"{node.sql('duckdb')}: length of {of.name}. Cast it to a text.")
    return spark("CAST(SIZE({}) AS BIGINT)" if of.name == "LIST" else "CAST(LENGTH({}) AS BIGINT)", node.this)


def ordered(node: exp.Expr, scope: Scope) -> exp.Expr:
    """`list_sort` and `list_reverse_sort`: NULLs come last in both, a struct is ordered by its fields."""
    ascending, nulls_first = node.args.get("asc"), node.args.get("nulls_first")
    if node.args.get("expression") is not None or (nulls_first is not None and nulls_first.this is not False):
        raise UnknownConstruct(f"{node.sql('duckdb')}: NULLs first. Sorted lists have them last.")
    descending = ascending is not None and ascending.this is False
    of = type_of(node.this, scope).element or UNKNOWN
    if of.name == "LIST":
        raise UnknownConstruct(f"{node.sql('duckdb')}: lists in a list with NULLs are ordered otherwise in Spark.")
    if of.name != "STRUCT":
        return spark("SORT_ARRAY({}, FALSE)" if descending else "ARRAY_SORT({})", node.this)
    by = f"STRUCT(one IS {'NOT ' if descending else ''}NULL, {order.pairs_of('one', node, of)})"
    keyed = f"TRANSFORM({{}}, one -> NAMED_STRUCT('by', {by}, 'one', one))"
    return spark(
        f"TRANSFORM({f'SORT_ARRAY({keyed}, FALSE)' if descending else f'ARRAY_SORT({keyed})'}, one -> one.one)",
        node.this,
    )


def _row_in(node: exp.Expr, _: Scope) -> exp.Expr:
    """`(a, b) in (select (a, b) ..)`: rows whose fields are equal or both NULL.

    Spark takes a tuple on the left for two values, each compared for itself; what a function makes, for one struct.
    """
    if node.args.get("field") is not None:
        raise UnknownConstruct(f"{node.sql('duckdb')}: write list_contains(list, value).")
    query = node.args.get("query")
    if query is None or not isinstance(node.this, exp.Tuple):
        return node
    if any(len(select.expressions) != 1 for select in _selects(query)):
        raise UnknownConstruct(f"{node.sql('duckdb')}: what does not match is NULL. Write (select (a, b) ..).")
    fields = node.this.expressions
    names = ", ".join(f"'_{place}', {{}}" for place in range(1, len(fields) + 1))
    node.set("this", spark(f"NAMED_STRUCT({names})", *fields))
    return node


def _selects(query: exp.Expr) -> list[exp.Expr]:
    """The selects of a query whose columns it gives."""
    if isinstance(query, exp.SetOperation):
        return [*_selects(query.this), *_selects(query.expression)]
    return _selects(query.this) if isinstance(query, exp.Subquery) else [query]


RULES: Rules = {
    exp.In: _row_in,
    exp.Array: comprehension,
    exp.GenerateSeries: series,
    exp.Bracket: element,
    exp.Transform: transformed,
    exp.ArrayFilter: transformed,
    exp.ArrayContains: contains,
    exp.ArrayToString: joined,
    exp.ArraySize: size,
    exp.ArraySort: ordered,
    exp.Length: length,
}
FUNCTIONS: dict[str, Rule] = {
    "list_bool_or": any_true,
    "list_sum": summed,
    "list_zip": zipped,
}
