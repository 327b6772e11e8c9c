"""Types of expressions, by DuckDB's rules: only as exact as the rewriting needs them."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from duckdb_to_spark.kinds import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    FLOATS,
    HUGEINT,
    INTEGER,
    INTERVAL,
    NULL,
    TEXT,
    TIMESTAMP,
    TIMESTAMPTZ,
    UNKNOWN,
    Type,
    arithmetic,
    common,
    decimal,
    list_of,
    of_node,
    struct_of,
)
from duckdb_to_spark.scope import Scope


def type_of(node: exp.Expr | None, scope: Scope) -> Type:
    """DuckDB's type of an expression of a query, UNKNOWN where that is not known."""
    found = UNKNOWN if node is None else _told(node, scope)
    if found.name == "UNKNOWN":
        scope.is_guessing = True
    return found


def _told(node: exp.Expr, scope: Scope) -> Type:
    told = scope.told.get(id(node))
    if told is not None:
        return told[1]
    kind = type(node)
    fixed = FIXED.get(kind)
    if fixed is None:
        rule = RULES.get(kind)
        fixed = rule(node, scope) if rule else UNKNOWN
    scope.told[id(node)] = (node, fixed)
    return fixed


def _column(node: exp.Expr, scope: Scope) -> Type:
    name, table = node.name.lower(), node.text("table").lower()
    found = scope.find(name, table)
    if found is not None:
        return found
    if table:
        return _field(_of_name(table, scope), name)  # a field of a struct, written like a column of a table
    return _of_name(name, scope) or UNKNOWN


def _of_name(name: str, scope: Scope) -> Type | None:
    """The type of a name without a table: of a column here, a row, an alias, else of what the selects around have."""
    found = scope.find(name, "")
    if found is not None:
        return found
    row = scope.sources.get(name)
    if row is not None:
        return struct_of((column, row.types[column.lower()]) for column in row.names)
    alias = scope.aliases.get(name)
    if alias is None:
        return _of_name(name, scope.outer) if scope.outer else None
    if id(alias) in scope.told:
        return type_of(alias, scope)
    scope.told[id(alias)] = (alias, UNKNOWN)  # an alias that means itself
    del scope.aliases[name]
    scope.told.pop(id(alias))
    told = type_of(alias, scope)
    scope.aliases[name] = alias
    return told


def _field(of: Type | None, name: str) -> Type:
    return next((kind for field, kind in of.fields if field.lower() == name), UNKNOWN) if of else UNKNOWN


def _literal(node: exp.Expr, _: Scope) -> Type:
    if node.args.get("is_string"):
        return TEXT
    digits = node.name
    if "e" in digits.lower():
        return DOUBLE
    if "." in digits:
        whole, _dot, fraction = digits.partition(".")
        return decimal(len(whole) + len(fraction), len(fraction))
    return INTEGER if abs(int(digits)) < 2**31 else BIGINT if abs(int(digits)) < 2**63 else HUGEINT


def _of_this(node: exp.Expr, scope: Scope) -> Type:
    return type_of(node.this, scope)


def _branches(node: exp.Expr, scope: Scope) -> Type:
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]] + [node.args.get("default")]
    elif isinstance(node, exp.If):
        values = [node.args["true"], node.args.get("false")]
    else:
        values = [node.this, *node.expressions]
    return common(type_of(value, scope) for value in values if value is not None)


def _arithmetic(node: exp.Expr, scope: Scope) -> Type:
    return arithmetic(type(node), type_of(node.this, scope), type_of(node.args["expression"], scope))


def _sum(node: exp.Expr, scope: Scope) -> Type:
    of = type_of(node.this, scope)
    if of.name == "DECIMAL":
        return decimal(38, of.scale)
    return HUGEINT if of.is_integer or of.name == "BOOLEAN" else DOUBLE if of.name in FLOATS else of


def _rounded(node: exp.Expr, scope: Scope) -> Type:
    of, digits = type_of(node.this, scope), node.args.get("decimals")
    if of.name != "DECIMAL":
        return of
    if digits is None or isinstance(node, (exp.Floor, exp.Ceil, exp.Trunc)):
        return decimal(of.width, 0)
    # How many digits a column says is known when it runs only; DuckDB then keeps the scale.
    return decimal(of.width, min(of.scale, int(digits.name))) if isinstance(digits, exp.Literal) else of


def _quantile(node: exp.Expr, scope: Scope) -> Type:
    of = type_of(node.this, scope)
    if isinstance(node, exp.PercentileDisc) or of.name in ("DECIMAL", "TIMESTAMP", "TIMESTAMPTZ", "UNKNOWN"):
        return of
    return TIMESTAMP if of.name == "DATE" else DOUBLE


def _truncated(node: exp.Expr, scope: Scope) -> Type:
    of = type_of(node.this, scope)
    return of if of.name in ("TIMESTAMPTZ", "INTERVAL") else TIMESTAMP


def _array(node: exp.Expr, scope: Scope) -> Type:
    return list_of(common(type_of(one, scope) for one in node.expressions))


def _struct(node: exp.Expr, scope: Scope) -> Type:
    return struct_of(
        (one.this.name, type_of(one.expression, scope))
        if isinstance(one, exp.PropertyEQ)
        else (one.alias_or_name, type_of(one, scope))
        for one in node.expressions
    )


def _element(node: exp.Expr, scope: Scope) -> Type:
    return type_of(node.this, scope).element or UNKNOWN


def _bracket(node: exp.Expr, scope: Scope) -> Type:
    of = type_of(node.this, scope)
    index = node.expressions[0]
    if isinstance(index, exp.Slice):
        return of
    if of.name == "STRUCT" and isinstance(index, exp.Literal):
        return of.fields[int(index.name) - 1][1] if index.is_number else _field(of, index.name.lower())
    return of.element or UNKNOWN


def _transform(node: exp.Expr, scope: Scope) -> Type:
    action = node.args["expression"]
    if isinstance(action, exp.Lambda) and action.expressions:
        scope.parameters[action.expressions[0].name.lower()] = _element(node, scope)
        return list_of(type_of(action.this, scope))
    return UNKNOWN


def _filtered(node: exp.Expr, scope: Scope) -> Type:
    action = node.args["expression"]
    if isinstance(action, exp.Lambda) and action.expressions:
        scope.parameters[action.expressions[0].name.lower()] = _element(node, scope)
    return type_of(node.this, scope)


def _series(node: exp.Expr, scope: Scope) -> Type:
    start = type_of(node.args["start"], scope)
    return list_of(BIGINT if start.is_integer else TIMESTAMP if start.name in ("DATE", "TIMESTAMP") else start)


def _subquery(node: exp.Expr, scope: Scope) -> Type:
    found = scope.relations.get(id(node))
    return found[1].types[found[1].names[0].lower()] if found and found[1].names else UNKNOWN


def _function(node: exp.Expr, scope: Scope) -> Type:
    name = node.name.lower()
    fixed = FUNCTIONS.get(name)
    if fixed is not None:
        return fixed
    parts = [type_of(one, scope) for one in node.expressions]
    if name == "timezone" and len(parts) == 2:
        return TIMESTAMP if parts[1].name == "TIMESTAMPTZ" else TIMESTAMPTZ
    if name in ("list_zip", "array_zip"):
        return list_of(struct_of((str(place), one.element or UNKNOWN) for place, one in enumerate(parts)))
    if name in ("list_sum", "array_sum") and parts[0].element:
        element = parts[0].element
        return HUGEINT if element.is_integer else decimal(38, element.scale) if element.name == "DECIMAL" else element
    return UNKNOWN


FUNCTIONS: dict[str, Type] = {
    "date_part": BIGINT,
    "error": NULL,
    "generate_subscripts": BIGINT,
    "hash": Type("UBIGINT"),
    "json_valid": BOOLEAN,
    "list_bool_and": BOOLEAN,
    "list_bool_or": BOOLEAN,
    "product": DOUBLE,
    "strip_accents": TEXT,
    "to_hours": INTERVAL,
    "to_json": TEXT,
    "to_minutes": INTERVAL,
    "to_months": INTERVAL,
    "to_seconds": INTERVAL,
    "to_weeks": INTERVAL,
    "to_years": INTERVAL,
}
"""Functions that sqlglot has no node for, whose type does not depend on what they are given."""

FIXED: dict[type[exp.Expr], Type] = {
    **dict.fromkeys(
        (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Between,
         exp.Like, exp.ILike, exp.Escape, exp.Exists, exp.RegexpLike, exp.RegexpFullMatch, exp.StartsWith, exp.EndsWith,
         exp.LogicalOr, exp.LogicalAnd, exp.NullSafeEQ, exp.NullSafeNEQ, exp.ArrayContains, exp.Boolean, exp.Contains),
        BOOLEAN,
    ),
    **dict.fromkeys(
        (exp.Count, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Length, exp.StrPosition, exp.DateDiff, exp.Extract,
         exp.Year, exp.Month, exp.Day, exp.Quarter, exp.Ntile, exp.ArraySize, exp.CountIf, exp.Grouping,
         exp.DayOfWeekIso, exp.DayOfWeek, exp.DayOfYear, exp.WeekOfYear),
        BIGINT,
    ),
    **dict.fromkeys(
        (exp.DPipe, exp.Concat, exp.ConcatWs, exp.Lower, exp.Upper, exp.Trim, exp.Replace, exp.Substring, exp.Left,
         exp.Right, exp.RegexpReplace, exp.RegexpExtract, exp.SplitPart, exp.MD5, exp.GroupConcat, exp.Format,
         exp.TimeToStr, exp.JSONExtractScalar, exp.Pad, exp.Repeat, exp.Translate, exp.ArrayToString, exp.Reverse),
        TEXT,
    ),
    **dict.fromkeys(
        (exp.Div, exp.Pow, exp.Ln, exp.Sqrt, exp.Exp, exp.Log, exp.Avg, exp.StddevSamp, exp.Stddev, exp.RegrSxx,
         exp.RegrSyy, exp.RegrSxy, exp.TimeToUnix, exp.JarowinklerSimilarity, exp.Corr, exp.Variance,
         exp.PercentRank, exp.CumeDist),
        DOUBLE,
    ),
    exp.LastDay: DATE,
    exp.CurrentDate: DATE,
    exp.Interval: INTERVAL,
    exp.ToDays: INTERVAL,
    exp.Null: NULL,
    exp.Sign: Type("TINYINT"),
    exp.JSONKeys: list_of(TEXT),
    exp.Split: list_of(TEXT),
    exp.RegexpSplit: list_of(TEXT),
    exp.AtTimeZone: TIMESTAMPTZ,
}  # fmt: skip
"""Types that are the same whatever the arguments are."""

RULES: dict[type[exp.Expr], Callable[[exp.Expr, Scope], Type]] = {
    exp.Column: _column,
    exp.Identifier: lambda node, scope: scope.parameters.get(node.name.lower(), UNKNOWN),
    exp.Literal: _literal,
    exp.Cast: lambda node, _: of_node(node.args["to"]),
    exp.TryCast: lambda node, _: of_node(node.args["to"]),
    **dict.fromkeys(
        (exp.Paren, exp.Alias, exp.Neg, exp.Abs, exp.Min, exp.Max, exp.AnyValue, exp.ArgMax, exp.ArgMin, exp.FirstValue,
         exp.LastValue, exp.First, exp.Last, exp.Lead, exp.Lag, exp.NthValue, exp.Window, exp.Filter, exp.IgnoreNulls,
         exp.RespectNulls, exp.Order, exp.Nullif, exp.WithinGroup, exp.ArraySort, exp.BitwiseXorAgg,
         exp.Mode),
        _of_this,
    ),
    **dict.fromkeys((exp.Case, exp.If, exp.Coalesce, exp.Greatest, exp.Least), _branches),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.IntDiv), _arithmetic),
    exp.Distinct: lambda node, scope: type_of(node.expressions[0] if len(node.expressions) == 1 else None, scope),
    exp.Sum: _sum,
    **dict.fromkeys((exp.Round, exp.Floor, exp.Ceil, exp.Trunc), _rounded),
    **dict.fromkeys((exp.Median, exp.PercentileCont, exp.PercentileDisc), _quantile),
    **dict.fromkeys((exp.DateTrunc, exp.TimestampTrunc), _truncated),
    exp.Array: _array,
    exp.Struct: _struct,
    exp.Tuple: _struct,
    exp.ArrayAgg: lambda node, scope: list_of(type_of(node.this, scope)),
    exp.Explode: _element,
    exp.Unnest: lambda node, scope: type_of(node.expressions[0], scope).element or UNKNOWN,
    exp.Bracket: _bracket,
    exp.Dot: lambda node, scope: _field(type_of(node.this, scope), node.expression.name.lower()),
    exp.StructExtract: lambda node, scope: _field(type_of(node.this, scope), node.expression.name.lower()),
    exp.Transform: _transform,
    exp.ArrayFilter: _filtered,
    exp.GenerateSeries: _series,
    exp.Subquery: _subquery,
    exp.Anonymous: _function,
}  # fmt: skip
"""Types that follow from those of the arguments."""
