"""A query as several: what a large CTE gives is computed once, not once for each place that reads it.

Spark puts the plan of a CTE wherever it is read, and that of a view, kept in memory or not. Where CTEs build upon each
other, and each is read twice or more, a plan doubles at every level: models of versions, with a dozen levels, took
three to five times the CPU. A step is such a CTE as a query of its own, whose result later ones read as a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from sqlglot import exp

from duckdb_to_spark.writer import write

SCHEMA = "steps"
"""Schema of the tables of steps."""
WORTH_NODES = 120
"""Nodes of a CTE, with those of all CTEs in it, from which reading it twice costs more than a table of its own."""
WORK = (exp.Join, exp.Group, exp.Window, exp.Distinct, exp.Explode, exp.Union, exp.Except, exp.Intersect)
"""What makes a CTE more than a choice of rows and columns, which Spark moves into the scan of a table."""


@dataclass(frozen=True)
class Step:
    """A query whose result later ones read as the table `name` (with its schema)."""

    name: str
    query: str


def in_steps(tree: exp.Expr, prefix: str) -> tuple[list[Step], str]:
    """The steps of a rewritten query, in order, and the query that is left. `prefix` begins the names of its steps."""
    _name_derived(tree)
    outer = tree.args.get("with_")
    if outer is None or outer.args.get("recursive"):
        return [], write(tree)
    _hoist(tree)
    names = [cte.alias for cte in outer.expressions]
    inner = {cte.alias for cte in tree.find_all(exp.CTE) if cte.parent is not outer}
    if len(set(names)) < len(names):
        return [], write(tree)
    read = Counter(table.name for table in _tables(tree, names))
    steps: list[Step] = []
    kept: dict[str, exp.Expr] = {}
    sizes: dict[str, int] = {}
    for cte in list(outer.expressions):
        name = cte.alias
        below = Counter(table.name for table in _tables(cte.this, names))
        sizes[name] = sum(1 for _ in cte.this.walk()) + sum(sizes.get(one, 0) * n for one, n in below.items())
        is_worth_it = read[name] > 1 and sizes[name] >= WORTH_NODES and cte.this.find(*WORK) is not None
        if not is_worth_it or name in inner or cte.args["alias"].args.get("columns"):
            kept[name] = cte
            continue
        step = f"{prefix}__{name}"
        steps.append(Step(f"{SCHEMA}.{step}", write(_with(cte.this.copy(), _needed(cte.this, kept)))))
        for table in _tables(tree, [name]):
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(name)))
            table.set("this", exp.to_identifier(step))
            table.set("db", exp.to_identifier(SCHEMA))
        sizes[name] = 0
        cte.pop()
    if not outer.expressions:
        tree.set("with_", None)
    return steps, write(tree)


def _hoist(query: exp.Expr) -> None:
    """Put the CTEs of each CTE before it, under names of their own: an ephemeral model is one CTE that holds many.

    So are those of derived tables, which macros write: `from (with ... select ...) as judged`.
    """
    outer = query.args["with_"]
    lifted: list[exp.Expr] = []
    for cte in outer.expressions:
        _name_derived(cte.this)
        own = cte.this.args.get("with_")
        if own is not None and not own.args.get("recursive"):
            _hoist(cte.this)
            own = cte.this.args["with_"]
            names = [inner.alias for inner in own.expressions]
            deeper = {one.alias for one in cte.this.find_all(exp.CTE) if one.parent is not own}
            if not deeper & set(names):
                for table in _tables(cte.this, names):
                    if not table.alias:
                        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
                    table.set("this", exp.to_identifier(f"{cte.alias}__{table.name}"))
                for inner in own.expressions:
                    inner.args["alias"].set("this", exp.to_identifier(f"{cte.alias}__{inner.alias}"))
                    lifted.append(inner)
                cte.this.set("with_", None)
        lifted.append(cte)
    outer.set("expressions", lifted)


def _name_derived(query: exp.Expr) -> None:
    """Make each derived table that has CTEs of its own a CTE of the query."""
    taken = {cte.alias for cte in query.find_all(exp.CTE)} | {table.name for table in query.find_all(exp.Table)}
    for derived in list(_derived(query)):
        name = next(name for number in count(1) if (name := f"derived_{number}") not in taken)
        taken.add(name)
        cte = exp.CTE(this=derived.this, alias=exp.TableAlias(this=exp.to_identifier(name)))
        derived.replace(exp.Table(this=exp.to_identifier(name), alias=derived.args.get("alias")))
        if query.args.get("with_") is None:
            query.set("with_", exp.With(expressions=[]))
        query.args["with_"].append("expressions", cte)


def _derived(query: exp.Expr) -> Iterator[exp.Subquery]:
    """Derived tables with CTEs that only FROM, JOIN and set operations lead to: no other rows decide theirs."""
    if isinstance(query, exp.Subquery):
        yield from _derived(query.this)
    elif isinstance(query, exp.SetOperation):
        yield from _derived(query.this)
        yield from _derived(query.expression)
    elif isinstance(query, exp.Select):
        sources = [query.args.get("from_"), *query.args.get("joins", [])]
        for source in (one.this for one in sources if one is not None):
            if isinstance(source, exp.Subquery):
                if source.this.args.get("with_") is not None and not source.this.args["with_"].args.get("recursive"):
                    yield source
                else:
                    yield from _derived(source)


def _tables(tree: exp.Expr, names: Iterable[str]) -> list[exp.Table]:
    """Places that read one of these CTEs."""
    known = set(names)
    return [table for table in tree.find_all(exp.Table) if not table.db and table.name in known]


def _needed(query: exp.Expr, kept: dict[str, exp.Expr]) -> list[exp.Expr]:
    """The CTEs among `kept` that a query reads, directly or not, in their order."""
    needed: set[str] = set()
    waiting = [query]
    while waiting:
        for table in _tables(waiting.pop(), kept):
            if table.name not in needed:
                needed.add(table.name)
                waiting.append(kept[table.name].this)
    return [cte for name, cte in kept.items() if name in needed]


def _with(query: exp.Expr, ctes: list[exp.Expr]) -> exp.Expr:
    """A query after CTEs that it reads; those it has itself come behind them."""
    if ctes:
        own = query.args.get("with_")
        query.set("with_", exp.With(expressions=[*(cte.copy() for cte in ctes), *(own.expressions if own else [])]))
    return query
