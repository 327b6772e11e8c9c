"""Clauses of a SELECT that Spark reads otherwise: named windows with a frame of their own, QUALIFY beside GROUP BY."""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark.scope import Relation, UnknownConstruct
from duckdb_to_spark.stars import is_star

_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile, exp.PercentRank, exp.CumeDist, exp.Lead, exp.Lag)


def inline_windows(node: exp.Select) -> None:
    """`over (w rows ..)`: Spark takes a named window only as it is, so what it says is written in its place."""
    named = {window.name.lower(): window for window in node.args.get("windows") or []}
    if not named:
        return
    for part in ("expressions", "qualify", "order"):
        held = node.args.get(part) or []
        for top in held if isinstance(held, list) else [held]:
            for window in list(top.find_all(exp.Window)):
                alias = window.args.get("alias")
                if alias is None:
                    continue
                base = named[alias.name.lower()]
                has_own = any(window.args.get(name) for name in ("spec", "order", "partition_by"))
                # Spark gives a rank no other frame than its own; DuckDB does not ask its frame.
                no_frame = isinstance(window.this, _RANKS) and base.args.get("spec") is not None
                if not has_own and not no_frame:
                    continue
                window.set("alias", None)
                for name in ("partition_by", "order") if no_frame else ("partition_by", "order", "spec"):
                    if not window.args.get(name) and base.args.get(name):
                        window.set(name, _copied(base.args[name]))


def _copied(part: exp.Expr | list[exp.Expr]) -> exp.Expr | list[exp.Expr]:
    return [one.copy() for one in part] if isinstance(part, list) else part.copy()


def refuse_stars(node: exp.Select) -> None:
    """Raises UnknownConstruct for QUALIFY of groups whose columns are not named."""
    is_grouped = node.args.get("qualify") is not None and node.args.get("group") is not None
    if is_grouped and any(is_star(part) for part in node.expressions):
        raise UnknownConstruct("QUALIFY beside GROUP BY and a star: name the columns.")


def qualify_groups(node: exp.Select, relation: Relation) -> None:
    """QUALIFY of a grouped SELECT: asked of its rows from outside.

    Spark refuses it where the condition's windows are ordered by an aggregate or by what is not shown.
    """
    qualify = node.args.get("qualify")
    if qualify is None or node.args.get("group") is None:
        return
    refuse_stars(node)
    condition = qualify.this
    for alias in [part for part in node.expressions if isinstance(part, exp.Alias)]:
        for column in list(condition.find_all(exp.Column)):
            if not column.table and column.name.lower() == alias.alias.lower():
                column.replace(exp.Paren(this=alias.this.copy()))
    inner = exp.Select(**{name: part for name, part in node.args.items() if name not in ("qualify", "with_", "order")})
    inner.append("expressions", exp.alias_(condition, "_is_kept"))
    columns = [exp.column(exp.to_identifier(name, quoted=not name.isidentifier())) for name in relation.names]
    for place, name in enumerate(relation.names):
        if name.startswith(" "):  # it has no name: give it one for the way out
            part = inner.expressions[place]
            inner.expressions[place].replace(exp.alias_(part.copy(), f"_c{place}"))
            columns[place] = exp.column(f"_c{place}")
    outer = {
        "expressions": columns,
        "from_": exp.From(this=exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("grouped")))),
        "where": exp.Where(this=exp.column("_is_kept")),
        **{name: node.args[name] for name in ("with_", "order") if node.args.get(name) is not None},
    }
    for name in list(node.args):
        node.set(name, None)
    for name, part in outer.items():
        node.set(name, part)
