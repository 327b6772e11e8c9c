"""`unnest`: a generator in a SELECT list or in FROM. Spark allows one in a list, and only alone."""

from __future__ import annotations

from sqlglot import exp

from duckdb_to_spark.infer import type_of
from duckdb_to_spark.kinds import UNKNOWN
from duckdb_to_spark.rules import rewrite
from duckdb_to_spark.scope import Relation, Scope, UnknownConstruct
from duckdb_to_spark.templates import spark

_UNNESTED = "unnested"


def unnest_source(node: exp.Expr, scope: Scope) -> Relation:
    """`unnest(list) as t(x)` in FROM or JOIN, whose list may be made of columns of what stands before it."""
    inner = node.this if isinstance(node, (exp.Lateral, exp.Table)) else node
    if isinstance(inner, (exp.Unnest, exp.Explode)):
        lists = inner.expressions if isinstance(inner, exp.Unnest) else [inner.this]
    elif isinstance(inner, exp.GenerateSeries):
        lists = [inner]
    else:
        raise UnknownConstruct(f"{node.sql('duckdb')} in FROM: read a table, a CTE, a subquery or unnest(..).")
    if len(lists) != 1:
        raise UnknownConstruct("unnest(..) of several lists in FROM: unnest one list of structs.")
    alias = node.args.get("alias") or inner.args.get("alias")
    name = alias.name if alias is not None and alias.name else _UNNESTED
    columns = [column.name for column in (alias.args.get("columns") or [])] if alias is not None else []
    column = columns[0] if columns else "unnest"
    kind = type_of(lists[0], scope).element or UNKNOWN
    first = isinstance(node.parent, exp.From)
    call = spark(f"{'' if first else 'LATERAL '}EXPLODE({{}}) AS {_quoted(name)}({_quoted(column)})", lists[0])
    node.replace(call)
    rewrite(call, scope)
    return Relation([column], [kind])


def unnest_select(node: exp.Select, scope: Scope) -> None:
    """Generators in a SELECT list that Spark does not take there become a lateral join."""
    _subscripts(node)
    refuse_neighbours(node)
    found = _generators(node)
    if not found:
        return
    if any(_is_recursive(generator) for _, generator in found):
        _unnest_structs(node, scope, found)
    elif len(found) > 1 or not _is_alone(found[0][1], node):
        _unnest_beside(node, scope, [generator for _, generator in found])


def _generators(node: exp.Select) -> list[tuple[int, exp.Expr]]:
    """Generators of a SELECT list and the place of what holds them."""
    return [
        (place, generator)
        for place, part in enumerate(node.expressions)
        for generator in part.find_all(exp.Explode)
        if generator.find_ancestor(exp.Select) is node
    ]


def refuse_neighbours(node: exp.Select) -> None:
    """Raises UnknownConstruct for generators beside what Spark computes before or after them."""
    if not _generators(node):
        return
    if any(one.find_ancestor(exp.Select) is node for part in node.expressions for one in part.find_all(exp.Window)):
        raise UnknownConstruct("unnest(..) beside a window function: which comes first differs. Use a CTE.")


def _subscripts(node: exp.Select) -> None:
    """`generate_subscripts(list, 1)` numbers what unnest(list) gives."""
    for part in node.expressions:
        for call in list(part.find_all(exp.Anonymous)):
            if call.name.lower() == "generate_subscripts":
                series = exp.GenerateSeries(
                    start=exp.Literal.number(1), end=exp.ArraySize(this=call.expressions[0].copy())
                )
                call.replace(exp.Explode(this=series))


def _is_recursive(generator: exp.Expr) -> bool:
    return any(isinstance(option, exp.PropertyEQ) for option in generator.expressions)


def _is_alone(generator: exp.Expr, node: exp.Select) -> bool:
    above = generator.parent
    return above is node or (isinstance(above, exp.Alias) and above.parent is node)


def _unnest_structs(node: exp.Select, scope: Scope, found: list[tuple[int, exp.Expr]]) -> None:
    """`unnest([{..}, ..], recursive := true)`: rows with the fields as columns."""
    place, generator = found[0]
    kind = type_of(generator.this, scope)
    fields = kind.element.fields if kind.element else ()
    if len(found) > 1 or not fields or not _is_alone(generator, node):
        raise UnknownConstruct("unnest(.., recursive := true) other than alone and of a list of structs: use a CTE.")
    names = [name for name, _ in fields]
    _join(node, scope, spark(_call("INLINE({})", names), generator.this))
    columns = [exp.column(exp.to_identifier(name), table=_UNNESTED) for name in names]
    before, after = node.expressions[:place], node.expressions[place + 1 :]
    node.set("expressions", [*before, *columns, *after])
    scope.sources[_UNNESTED] = Relation(names, [kind for _, kind in fields])


def _unnest_beside(node: exp.Select, scope: Scope, generators: list[exp.Expr]) -> None:
    """Several lists go side by side, NULL where one is shorter; one list may stand inside of an expression."""
    if node.args.get("group") is not None:
        raise UnknownConstruct("unnest(..) inside of an expression beside GROUP BY: group in a CTE first.")
    names = [f"unnested_{place}" for place in range(len(generators))]
    kinds = [type_of(generator, scope) for generator in generators]
    lists = [generator.this for generator in generators]
    if len(lists) == 1:
        call = spark(_call("EXPLODE({})", names), lists[0])
    else:
        holes = ", ".join("COALESCE({}, ARRAY())" for _ in lists)
        call = spark(_call(f"INLINE(ARRAYS_ZIP({holes}))", names), *lists)
    for name, generator in zip(names, generators, strict=True):
        generator.replace(exp.column(name, table=_UNNESTED))
    for part in list(node.expressions):
        if isinstance(part, exp.Star):
            shown = [exp.Column(this=exp.Star(), table=exp.to_identifier(alias)) for alias in scope.sources]
            node.set("expressions", [new for one in node.expressions for new in (shown if one is part else [one])])
    _join(node, scope, call)
    scope.sources[_UNNESTED] = Relation(names, kinds)


def _call(text: str, columns: list[str]) -> str:
    return f"{text} AS {_UNNESTED}({', '.join(_quoted(column) for column in columns)})"


def _join(node: exp.Select, scope: Scope, call: exp.Anonymous) -> None:
    """Put a generator beside what the select reads; an alias it uses means nothing there, so its SQL is taken."""
    for column in list(call.find_all(exp.Column)):
        name = column.name.lower()
        if not column.table and name in scope.aliases and scope.find(name, "") is None:
            column.replace(exp.Paren(this=scope.aliases[name].this.copy()))
    if node.args.get("from_") is None:
        node.set("from_", exp.From(this=call))
    else:
        call.set("this", f"LATERAL {call.this}")
        node.append("joins", exp.Join(this=call, kind="CROSS"))
    scope.hidden.add(_UNNESTED)
    rewrite(call, scope)


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"
