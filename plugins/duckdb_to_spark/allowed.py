"""The list of constructs that the renderer knows: compared on both engines, or the same on both.

Anything else is refused by name before it can be wrong in silence. To allow one: give it a rule or see that Spark needs
none, add it here, and add a test that runs it on both (tests/unit/duckdb_to_spark).
"""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark import clauses, unnest
from duckdb_to_spark.rules import FUNCTIONS, RULES, refusals
from duckdb_to_spark.scope import UnknownConstruct
from duckdb_to_spark.stars import chooses_by_text

PLAIN = frozenset({
    exp.Abs, exp.Alias, exp.And, exp.Anonymous, exp.Array, exp.Between,
    exp.BitwiseXorAgg, exp.Boolean, exp.Case, exp.Coalesce, exp.Column, exp.ColumnDef, exp.Comprehension, exp.Columns,
    exp.Count, exp.CountIf, exp.CTE, exp.DataType, exp.DataTypeParam, exp.DenseRank, exp.Distinct,
    exp.Dot, exp.EQ, exp.Escape, exp.Except, exp.Exists, exp.Exp, exp.Explode, exp.FirstValue, exp.From,
    exp.Greatest, exp.Group, exp.Grouping, exp.GroupingSets, exp.GT, exp.Rollup, exp.GTE, exp.Having,
    exp.Identifier, exp.If, exp.IgnoreNulls, exp.In, exp.Intersect, exp.Is, exp.IsNan, exp.Join,
    exp.JSONPath, exp.JSONPathKey, exp.JSONPathRoot, exp.Lag, exp.Lambda, exp.LastDay, exp.LastValue,
    exp.Lateral, exp.Lead, exp.Least, exp.Limit, exp.Literal, exp.Ln, exp.LogicalAnd,
    exp.LogicalOr, exp.LT, exp.LTE, exp.Max, exp.MD5, exp.Min, exp.Mod, exp.Mul, exp.Neg,
    exp.NEQ, exp.Not, exp.Null, exp.Nullif, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Order,
    exp.Ordered, exp.Paren, exp.Pow, exp.PropertyEQ, exp.Qualify, exp.Rank, exp.RegrSxx, exp.RegrSxy,
    exp.RegrSyy, exp.Replace, exp.RowNumber, exp.Select, exp.Slice, exp.Sqrt,
    exp.Star, exp.StartsWith, exp.StddevSamp, exp.Struct, exp.Subquery, exp.Table,
    exp.TableAlias, exp.Tuple, exp.Union, exp.Unnest, exp.Values, exp.Var,
    exp.Where, exp.Window, exp.WindowSpec, exp.With,
})  # fmt: skip
"""Nodes of sqlglot that are the same in Spark, or part of what a rule rewrites."""

ADVICE = {
    "First": "use first_value(..) over (..) or arg_min",
    "ILike": "compare lower(..)",
    "Last": "use last_value(..) over (..) or arg_max",
    "Mode": "which of several most frequent values comes out is by chance: rank them in a CTE",
    "Pivot": "write sum(case ..)",
    "SimilarTo": "use regexp_full_match",
    "TableSample": "a sample is another one on every engine",
}
"""What to write instead, by node."""

FUNCTIONS_AS_THEY_ARE = frozenset({"generate_subscripts"})
"""Functions without a node of sqlglot's that other modules than `rules` take care of."""


def unknown_constructs(tree: exp.Expr) -> list[str]:
    """What a query uses that is not on the list, each once, as a sentence."""
    found: dict[str, None] = {}
    for node in tree.walk():
        sentence = _unknown(node)
        if sentence:
            found.setdefault(sentence)
    return list(found)


def refused_constructs(tree: exp.Expr) -> list[str]:
    """The same, and what the rewriting refuses whatever the types of columns are."""
    found = [*unknown_constructs(tree), *refusals(tree)]
    for select in tree.find_all(exp.Select):
        for refuse in (unnest.refuse_neighbours, clauses.refuse_stars):
            try:
                refuse(select)
            except UnknownConstruct as error:
                found.append(str(error))
    return list(dict.fromkeys(found))


def _unknown(node: exp.Expr) -> str | None:
    kind = type(node)
    if kind is exp.Anonymous:
        name = node.name.lower()
        if name in FUNCTIONS or name in FUNCTIONS_AS_THEY_ARE:
            return None
        return f"Function {name}() is not known to be the same in Spark."
    if kind not in RULES and kind not in PLAIN:
        advice = ADVICE.get(kind.__name__)
        return f"{_named(node)} is not known to be the same in Spark{': ' + advice if advice else ''}."
    if kind is exp.CTE and node.args.get("key_expressions"):
        return f"Recursive CTE {node.alias} has USING KEY, which Spark does not know."
    if kind is exp.CTE and isinstance(node.this, exp.Union) and node.this.args.get("distinct") and _is_recursive(node):
        return f"Recursive CTE {node.alias} with UNION: Spark needs UNION ALL, and a bound of its own."
    if kind is exp.Columns and isinstance(node.this, exp.Lambda) and not chooses_by_text(node):
        return "COLUMNS(lambda ..) chooses columns when the query runs: write the columns out."
    if kind is exp.WindowSpec and node.args.get("exclude") is not None:
        return "EXCLUDE in the frame of a window is not known to Spark: filter in a CTE."
    if kind is exp.WindowSpec and node.text("kind").upper() == "GROUPS":
        return "GROUPS in the frame of a window is not known to Spark: rank in a CTE."
    if kind is exp.Distinct and node.args.get("on") is not None:
        return "DISTINCT ON is not known to Spark: number the rows and keep the first with QUALIFY."
    if kind is exp.Join and (node.args.get("method") or "").upper() not in ("", "ASOF"):
        return f"{node.args['method']} JOIN is not known to Spark."
    return None


def _named(node: exp.Expr) -> str:
    return f"Function {node.sql_name().lower()}()" if isinstance(node, exp.Func) else type(node).__name__.upper()


def _is_recursive(node: exp.Expr) -> bool:
    return any(table.name == node.alias and not table.db for table in node.this.expression.find_all(exp.Table))
