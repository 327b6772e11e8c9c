"""The rewriting of expressions: which rule for which node, applied from the outside in.

Outside in, because a rule asks for the types of what DuckDB's SQL says; a rule's result is Spark's, its
parts are not yet.
"""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark import aggregates, dates, letters, lists, numbers, order, texts
from duckdb_to_spark.scope import Rule, Rules, Scope, UnknownConstruct
from duckdb_to_spark.templates import is_written

RULES: Rules = {
    **aggregates.RULES,
    **dates.RULES,
    **letters.RULES,
    **lists.RULES,
    **numbers.RULES,
    **order.RULES,
    **texts.RULES,
}
"""What is done with a node of a class. A rule gives the node itself if nothing is to be done."""

FUNCTIONS: dict[str, Rule] = {
    **aggregates.FUNCTIONS,
    **dates.FUNCTIONS,
    **lists.FUNCTIONS,
    **numbers.FUNCTIONS,
    **texts.FUNCTIONS,
}
"""Functions that sqlglot has no class for, by lower-case name."""


def rewrite(node: exp.Expr, scope: Scope) -> None:
    """Rewrite an expression in place, its own queries aside: these were before."""
    rule = RULES.get(type(node))
    if rule is None and type(node) is exp.Anonymous and not is_written(node):
        rule = FUNCTIONS.get(node.name.lower())
    if rule is not None:
        parent, key, index = node.parent, node.arg_key, node.index
        new = _applied(rule, node, scope)
        if new is not node:
            assert parent is not None and key is not None  # noqa: S101 - a clause or a projection is above
            parent.set(key, new, index)
            node = new
    for child in list(node.iter_expressions()):
        if not isinstance(child, exp.Query):
            rewrite(child, scope)


def _applied(rule: Rule, node: exp.Expr, scope: Scope) -> exp.Expr:
    scope.is_guessing = False
    try:
        return rule(node, scope)
    except UnknownConstruct as error:
        if scope.refusals is None:
            raise
        if not scope.is_guessing:
            scope.refusals.append(str(error))
        return node


def refusals(tree: exp.Expr) -> list[str]:
    """What the rules refuse of a query whatever the types of its columns are; those are not known here."""
    found: list[str] = []
    for query in list(tree.copy().find_all(exp.Query)):
        rewrite(query, Scope(refusals=found))
    return found
