"""The walk over a query: what its parts can see, and the rewriting of each SELECT with that known."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from sqlglot import exp

from duckdb_to_spark import clauses, stars, unions, unnest
from duckdb_to_spark.infer import type_of
from duckdb_to_spark.joins import rewrite_asof
from duckdb_to_spark.kinds import Type, common, of_text
from duckdb_to_spark.rules import rewrite
from duckdb_to_spark.scope import Relation, Scope, UnknownConstruct

ColumnsOf = Callable[[str, str], Mapping[str, str]]
Ctes = dict[str, Relation]

_PARTS = ("expressions", "where", "group", "having", "qualify", "windows", "order", "limit", "offset")
"""Clauses of a SELECT that hold expressions, beside the conditions of its joins."""


class Rewriter:
    """Rewrites queries in place; asks for the columns of a table once."""

    def __init__(self, columns_of: ColumnsOf) -> None:
        self._columns_of = columns_of
        self._tables: dict[tuple[str, str], Relation] = {}

    def query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Relation:
        """Rewrite a query and tell its columns. `ctes`: of the WITH clauses around it; `outer`: the select around."""
        with_ = node.args.get("with_")
        if with_ is not None:
            ctes = dict(ctes)
            for cte in with_.expressions:
                self._define(cte, ctes, outer, recursive=bool(with_.args.get("recursive")))
        if isinstance(node, exp.Select):
            return self._select(node, ctes, outer)
        if isinstance(node, exp.SetOperation):
            left, right = self.query(node.this, ctes, outer), self.query(node.expression, ctes, outer)
            for part in _clauses(node, ("order", "limit", "offset")):
                rewrite(part, Scope(sources={"": left}))
            if node.args.get("by_name"):
                return unions.by_name(node, left, right)
            kinds = (common(pair) for pair in zip(left.kinds, right.kinds, strict=False))
            return Relation(left.names, list(kinds)) if len(left.names) == len(right.names) else left
        if isinstance(node, exp.Subquery):
            return self.query(node.this, ctes, outer).renamed(_alias_columns(node))
        if isinstance(node, exp.Values):
            return _values(node)
        raise UnknownConstruct(f"{type(node).__name__.upper()} as a query: write a SELECT.")

    def _define(self, cte: exp.Expr, ctes: Ctes, outer: Scope | None, *, recursive: bool) -> None:
        name, columns = cte.alias.lower(), _alias_columns(cte)
        cte.set("materialized", None)  # advice to DuckDB's planner
        if recursive and isinstance(cte.this, exp.SetOperation) and _reads(cte.this.expression, name):
            # The first part says what the columns are, for the part that reads them.
            ctes[name] = self.query(cte.this.this.copy(), ctes, outer).renamed(columns)
        ctes[name] = self.query(cte.this, ctes, outer).renamed(columns)

    def _select(self, node: exp.Select, ctes: Ctes, outer: Scope | None) -> Relation:
        scope = Scope(outer=outer)
        from_ = node.args.get("from_")
        joins = node.args.get("joins") or []
        if from_ is not None:
            self._source(from_.this, scope, ctes)
        for join in joins:
            self._source(join.this, scope, ctes, using=join.args.get("using") or ())
            if (join.args.get("kind") or "").upper() in ("SEMI", "ANTI"):
                scope.hidden.add(next(reversed(scope.sources)))
        for lateral in node.args.get("laterals") or []:
            self._source(lateral, scope, ctes)
        rewrite_asof(node, scope)
        parts = _clauses(node, _PARTS)
        parts += [join.args["on"] for join in joins if join.args.get("on") is not None]
        for part in parts:
            for query in _queries_in(part):
                scope.relations[id(query)] = (query, self.query(query, ctes, scope))
        stars.expand(node, scope)
        for part in node.expressions:
            if isinstance(part, exp.Alias):
                scope.aliases[part.alias.lower()] = part
        unnest.unnest_select(node, scope)
        relation = _columns(node, scope)
        clauses.inline_windows(node)
        for part in [*_clauses(node, _PARTS), *(part for part in parts if part.arg_key == "on")]:
            rewrite(part, scope)
        clauses.qualify_groups(node, relation)
        return relation

    def _source(self, node: exp.Expr, scope: Scope, ctes: Ctes, using: Any = ()) -> None:
        """Add a relation that FROM or JOIN names to what the select can see."""
        alias = _alias(node) or f" {len(scope.sources)}"
        relation = self._relation(node, scope, ctes)
        for column in using:
            scope.shared.append(column.name)
        scope.sources[alias] = relation
        for join in node.args.get("joins") or []:  # of `from a, b`
            self._source(join.this, scope, ctes, using=join.args.get("using") or ())

    def _relation(self, node: exp.Expr, scope: Scope, ctes: Ctes) -> Relation:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            if node.db and node.db.lower() != "recurring":
                return self._table(node).renamed(_alias_columns(node))
            found = ctes.get(node.name.lower())
            if found is None:
                raise UnknownConstruct(f"Relation {node.name} without a schema: name a CTE or schema.table.")
            return found.renamed(_alias_columns(node))
        if isinstance(node, (exp.Subquery, exp.Values)):
            return self.query(node, ctes, scope).renamed(_alias_columns(node))
        if isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
            return self.query(node.this, ctes, scope).renamed(_alias_columns(node))
        return unnest.unnest_source(node, scope)

    def _table(self, node: exp.Table) -> Relation:
        # Spark's catalogue is that of the session: the name of a DuckDB file means nothing there.
        node.set("catalog", None)
        key = (node.db, node.name)
        if key not in self._tables:
            columns = self._columns_of(*key)
            if not columns:
                raise UnknownConstruct(f"Table {node.db}.{node.name} has no known columns: is it built?")
            self._tables[key] = Relation(list(columns), [of_text(kind) for kind in columns.values()])
        return self._tables[key]


def _columns(node: exp.Select, scope: Scope) -> Relation:
    """Columns of what a SELECT gives; a star that stays gives what its sources have."""
    names: list[str] = []
    kinds: list[Type] = []
    for part in node.expressions:
        if stars.is_star(part):
            for _, name, kind in stars.columns(part, scope):
                names.append(name)
                kinds.append(kind)
        else:
            named = isinstance(part, (exp.Alias, exp.Column, exp.Dot))
            names.append(part.alias_or_name if named else f" {len(names)}")
            kinds.append(type_of(part, scope))
    return Relation(names, kinds)


def _values(node: exp.Values) -> Relation:
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    names = [f"col{place}" for place in range(len(rows[0]))]
    kinds = [common(type_of(row[place], Scope()) for row in rows) for place in range(len(names))]
    for cell in itertools.chain.from_iterable(rows):
        rewrite(cell, Scope())
    return Relation(names, kinds).renamed(_alias_columns(node))


def _clauses(node: exp.Expr, names: tuple[str, ...]) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for name in names:
        part = node.args.get(name)
        if isinstance(part, list):
            found.extend(part)
        elif part is not None:
            found.append(part)
    return found


def _queries_in(node: exp.Expr) -> list[exp.Expr]:
    """Queries that an expression holds, not those inside of these."""
    found: list[exp.Expr] = []
    waiting = [node]
    while waiting:
        for child in waiting.pop().iter_expressions():
            (found if isinstance(child, exp.Query) else waiting).append(child)
    return found


def _alias(node: exp.Expr) -> str:
    return node.alias_or_name.lower()


def _alias_columns(node: exp.Expr) -> list[str]:
    alias = node.args.get("alias")
    return [column.name for column in alias.args.get("columns") or []] if isinstance(alias, exp.TableAlias) else []


def _reads(node: exp.Expr, name: str) -> bool:
    return any(table.name.lower() == name for table in node.find_all(exp.Table))
