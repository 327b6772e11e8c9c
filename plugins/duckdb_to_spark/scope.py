"""What a query can see: the columns of the relations it reads, with their types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlglot import exp

from duckdb_to_spark.kinds import Type


class UnknownConstruct(ValueError):
    """SQL that Spark may answer otherwise than DuckDB. The message says which, and what to do."""


class Relation:
    """Columns of a table, CTE or subquery, in order; of two of one name, the first one is meant, as in DuckDB."""

    __slots__ = ("kinds", "names", "types")

    def __init__(self, names: list[str], kinds: list[Type]) -> None:
        self.names = names
        self.kinds = kinds
        self.types: dict[str, Type] = {}
        for name, kind in zip(names, kinds, strict=True):
            self.types.setdefault(name.lower(), kind)

    def renamed(self, names: list[str]) -> Relation:
        """The same with other names for its first columns, as of `t(a, b)`."""
        return Relation(names + self.names[len(names) :], self.kinds) if names else self


@dataclass(slots=True)
class Scope:
    """One SELECT: its sources by alias, the select around it, and its own aliases, which DuckDB lets it use at once."""

    sources: dict[str, Relation] = field(default_factory=dict)
    outer: Scope | None = None
    aliases: dict[str, exp.Expr] = field(default_factory=dict)
    # Parameters of lambdas, by name: lists are typed before what is done with their elements.
    parameters: dict[str, Type] = field(default_factory=dict)
    # Results of scalar subqueries by node, and types already told: the nodes are kept, so that no other takes their id.
    relations: dict[int, tuple[exp.Expr, Relation]] = field(default_factory=dict)
    told: dict[int, tuple[exp.Expr, Type]] = field(default_factory=dict)
    # Columns of USING joins stand once, before the columns of the joined tables.
    shared: list[str] = field(default_factory=list)
    # Sources that a star does not show: right sides of semi and anti joins, lists that are unnested.
    hidden: set[str] = field(default_factory=set)
    # Whether a plain star has to be written out, because Spark's source has columns that DuckDB's has not.
    names_stars: bool = False
    # Where refusals are collected, when a query is looked at without its columns; None when it is rendered.
    refusals: list[str] | None = None
    # Whether a type was asked for that is not known: a refusal that follows may be due to that.
    is_guessing: bool = False

    def find(self, name: str, table: str) -> Type | None:
        """Type of a column, None if nothing here or around has it."""
        if table:
            source = self.sources.get(table)
            if source is not None:
                return source.types.get(name)
            return self.outer.find(name, table) if self.outer else None
        if name in self.parameters:
            return self.parameters[name]
        for source in self.sources.values():
            if name in source.types:
                return source.types[name]
        return None

    def row(self, name: str) -> Relation | None:
        """The source of that alias: its alias, used as a value, is the whole row."""
        source = self.sources.get(name)
        return source if source is not None else self.outer.row(name) if self.outer else None


Rule = Callable[[exp.Expr, Scope], exp.Expr]
"""What is done with a node: it gives another one, or the node itself."""

Rules = dict[type[exp.Expr], Rule]
