"""ASOF joins, which Spark SQL does not have: each row of the right side is valid until the next one of its key."""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark.scope import Scope, UnknownConstruct

_UNTIL = "_valid_until"


def rewrite_asof(node: exp.Select, scope: Scope) -> None:
    """`a asof join b on a.k = b.k and a.t >= b.t`, as a join to spans of b: from its t to the next t of its key.

    Rows of b of one key and time: DuckDB takes any of them; here those without length join nothing.
    """
    for join in node.args.get("joins") or []:
        if (join.args.get("method") or "").upper() != "ASOF":
            continue
        alias = join.this.alias_or_name
        keys: list[exp.Expr] = []
        order: tuple[exp.Expr, exp.Expr] | None = None
        is_strict = False
        for condition in _conditions(join.args.get("on")):
            mine, other = condition.this, condition.expression
            ours_first = mine.text("table").lower() != alias.lower()
            if ours_first:
                mine, other = other, mine
            if isinstance(condition, exp.EQ):
                keys.append(mine)
            elif isinstance(condition, (exp.GTE, exp.GT) if ours_first else (exp.LTE, exp.LT)):
                order, is_strict = (mine, other), isinstance(condition, (exp.GT, exp.LT))
        if order is None or join.args.get("using") or not all(isinstance(key, exp.Column) for key in [*keys, order[0]]):
            raise UnknownConstruct("ASOF JOIN other than `on a.key = b.key and a.time >= b.time` (or >): write it so.")
        _join_spans(join, alias, keys, *order, is_strict=is_strict)
        scope.names_stars = True  # a star must not show the end of the spans


def _conditions(on: exp.Expr | None) -> list[exp.Expr]:
    return list(on.flatten()) if isinstance(on, exp.And) else [on] if on is not None else []


def _join_spans(
    join: exp.Expr, alias: str, keys: list[exp.Expr], mine: exp.Expr, other: exp.Expr, *, is_strict: bool
) -> None:
    source = join.this.copy()
    source.set("alias", None)
    following = exp.Window(
        this=exp.Lead(this=exp.column(mine.name)),
        partition_by=[exp.column(key.name) for key in keys],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column(mine.name))]),
        over="OVER",
    )
    spans = exp.Select(
        expressions=[exp.Star(), exp.alias_(following, _UNTIL)],
        from_=exp.From(this=source),
    )
    until = exp.column(_UNTIL, table=alias)
    join.set("this", exp.Subquery(this=spans, alias=exp.TableAlias(this=exp.to_identifier(alias))))
    join.set("method", None)
    still = exp.Paren(
        this=exp.Or(
            this=(exp.LTE if is_strict else exp.LT)(this=other.copy(), expression=until.copy()),
            expression=exp.Is(this=until, expression=exp.Null()),
        )
    )
    join.set("on", exp.And(this=join.args["on"], expression=still))
