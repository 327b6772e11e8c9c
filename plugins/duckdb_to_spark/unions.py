"""`union by name`: Spark puts columns together by their place."""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark.kinds import NULL, common
from duckdb_to_spark.scope import Relation


def by_name(node: exp.SetOperation, left: Relation, right: Relation) -> Relation:
    """Bring both sides to one order of columns: the left's, then what only the right has; NULL where one has none."""
    names = left.names + [name for name in right.names if name.lower() not in left.types]
    for side, relation in (("this", left), ("expression", right)):
        if [name.lower() for name in relation.names] != [name.lower() for name in names]:
            node.set(side, _ordered(node.args[side], relation, names))
    node.set("by_name", None)
    kinds = [common(side.types.get(name.lower(), NULL) for side in (left, right)) for name in names]
    return Relation(names, kinds)


def _ordered(query: exp.Expr, relation: Relation, names: list[str]) -> exp.Select:
    columns = [
        exp.column(exp.to_identifier(name)) if name.lower() in relation.types else exp.alias_(exp.Null(), name)
        for name in names
    ]
    inner = query if isinstance(query, exp.Subquery) else exp.Subquery(this=query)
    inner.set("alias", exp.TableAlias(this=exp.to_identifier("side")))
    return exp.Select(expressions=columns, from_=exp.From(this=inner))
