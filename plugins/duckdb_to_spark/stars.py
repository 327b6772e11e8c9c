"""Stars: `* exclude (..)`, `* replace (..)` and `columns(..)` written out, as Spark has them otherwise or not.

A plain star stays, unless a USING join would give Spark's columns in another order: its shared columns come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from duckdb_to_spark.kinds import Type
from duckdb_to_spark.scope import Scope, UnknownConstruct


def is_star(node: exp.Expr) -> bool:
    """Whether a projection is `*` or `t.*`, with whatever belongs to it."""
    return isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star))


def columns(node: exp.Expr, scope: Scope) -> Iterator[tuple[str, str, Type]]:
    """Columns that a star stands for: alias of the table ('' where it is shared), name, type."""
    table = node.text("table").lower()
    if table:
        relation = scope.sources.get(table)
        if relation is None:
            raise UnknownConstruct(f"{node.sql('duckdb')} of an unknown relation: name one that FROM names.")
        yield from ((table, name, kind) for name, kind in zip(relation.names, relation.kinds, strict=True))
        return
    shared = {name.lower() for name in scope.shared}
    given: set[str] = set()
    for alias, relation in scope.sources.items():
        if alias in scope.hidden:
            continue
        for name, kind in zip(relation.names, relation.kinds, strict=True):
            if name.lower() not in shared:
                yield alias, name, kind
            elif name.lower() not in given:
                given.add(name.lower())
                yield "", name, kind


def chooses_by_text(node: exp.Expr) -> bool:
    """Whether `columns(..)` is `columns(lambda name: regexp_matches('a text', '\\b' || name || '\\b'))`.

    It keeps the columns whose names are words of the text. The text stands in the query, so they are known before it
    runs.
    """
    asked = node.this.this if isinstance(node.this, exp.Lambda) else None
    if not isinstance(asked, exp.RegexpLike) or not isinstance(asked.this, exp.Literal):
        return False
    around = asked.expression
    parts = list(around.flatten()) if isinstance(around, exp.DPipe) else []
    return len(parts) == 3 and all(isinstance(part, exp.Literal) and part.name == "\\b" for part in parts[::2])


def _chosen(node: exp.Expr, scope: Scope) -> Iterator[exp.Expr]:
    words = set(re.findall(r"\w+", node.this.this.this.name))
    for _, name, _ in columns(exp.Star(), scope):
        if name in words:
            yield exp.column(_identifier(name))


def expand(node: exp.Select, scope: Scope) -> None:
    """Write out the stars of a SELECT that Spark does not have, and what `columns(..)` stands for."""
    if any(_is_special(part, scope) for part in node.expressions):
        written: list[exp.Expr] = []
        for part in node.expressions:
            written.extend(_written_out(part, scope) if _is_special(part, scope) else [part])
        node.set("expressions", written)
    for part in node.expressions:
        for found in list(part.find_all(exp.Columns)):
            _expand_arguments(found, scope)


def _star(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.Column) else node


def _is_special(node: exp.Expr, scope: Scope) -> bool:
    if isinstance(node, exp.Columns) and chooses_by_text(node):
        return True
    if not is_star(node):
        return False
    star = _star(node)
    return bool(star.args.get("except_") or star.args.get("replace") or star.args.get("rename")) or bool(
        scope.names_stars or (scope.shared and isinstance(node, exp.Star))
    )


def _written_out(node: exp.Expr, scope: Scope) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Columns):
        yield from _chosen(node, scope)
        return
    star = _star(node)
    left_out = {column.name.lower() for column in star.args.get("except_") or []}
    replaced = {part.alias.lower(): part for part in star.args.get("replace") or []}
    renamed = {part.this.name.lower(): part.alias for part in star.args.get("rename") or []}
    several = len(scope.sources) > 1
    for alias, name, _ in columns(node, scope):
        key = name.lower()
        if key in left_out:
            continue
        if key in replaced:
            yield exp.alias_(replaced[key].this.copy(), name, quoted=False)
            continue
        column = exp.column(_identifier(name), table=_identifier(alias) if several and alias else None)
        yield exp.alias_(column, renamed[key]) if key in renamed else column


def _identifier(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=not name.isidentifier())


def _expand_arguments(node: exp.Expr, scope: Scope) -> None:
    """`f(*columns(t.* exclude (..)))`: each column an argument of f."""
    unpacked = node.parent if isinstance(node.parent, exp.Star) else node
    star = node.this
    if not is_star(star) or unpacked.parent is None or unpacked.arg_key != "expressions":
        raise UnknownConstruct(f"{node.sql('duckdb')}: write the columns out, Spark has no such choice.")
    arguments = unpacked.parent.expressions
    place = unpacked.index or 0
    unpacked.parent.set("expressions", [*arguments[:place], *_written_out(star, scope), *arguments[place + 1 :]])
