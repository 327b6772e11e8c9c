"""The SQL that makes rows of entities out of typed fields, facts and the expressions of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from funnelhouse.contracts.entities import SQL_TYPES, Entity, entities
from funnelhouse.contracts.expressions import Expression, verb_of
from funnelhouse.contracts.schema import Output
from funnelhouse.reading.cells.dates import parse_date
from funnelhouse.reading.facts import date_order
from funnelhouse.reading.rows.typed_rows import NO_EXTRA, Plan, dynamic_columns, extra, literal
from funnelhouse.sql import sql_name, sql_text

_TEXT_LITERAL = re.compile(r"'(?:[^']|'')*'")


def target_entity(plan: Plan, output: Output) -> Entity:
    """The entity, or its period twin where the rows have no day."""
    entity = entities()[output.entity]
    return entities()[entity.period_twin] if entity.period_twin and plan.grain.is_period else entity


def output_query(plan: Plan, output: Output, source: str, *, lean: bool = False, bare: Iterable[str] = ()) -> str:
    """SQL of the rows of one output, made from a typed relation; empty if the header has no column for it.

    `lean` leaves out the columns that the file cannot fill: readers of raw files take an absent column for NULL. `bare`
    fields are columns of their own that somebody else looks at for e-mail addresses.
    """
    entity = target_entity(plan, output)
    made = _made_fields(plan, output)
    wanted = lean_columns(plan, output) if lean else None
    selected = []
    for column in entity.all_columns:
        if wanted is not None and column.name not in wanted:
            continue
        is_bare = column.name in bare
        value = f"t.{sql_name('f_' + column.name)}" if is_bare else _column(plan, output, entity, column.name, made)
        # The same text in every row is cheap to write as an enumeration of one; readers find a text.
        is_same = lean and column.sql_type == "VARCHAR" and _TEXT_LITERAL.fullmatch(value)
        kind = f"enum({value})" if is_same else column.sql_type
        selected.append(f"cast({value} as {kind}) as {sql_name(column.name)}")
    relation = f"(select * from {source} where issue is null) as t"
    conditions = []
    if output.unpivot:
        rows = _unpivot_rows(plan, output)
        if not rows:
            return ""
        listed = f"flatten([{', '.join(rows)}])" if output.unpivot.split else f"[{', '.join(rows)}]"
        relation += f", unnest({listed}) as u(p)"
        if output.unpivot.skip_null:
            conditions.append(f"p.{sql_name(output.unpivot.value)} is not null")
    for name in output.where_known:
        conditions.append(f"{_value(plan, name, made)} is not null")
    for name, pattern in output.where.items():
        conditions.append(f"regexp_matches(cast({_value(plan, name, made)} as varchar), {sql_text(pattern)})")
    where = f" where {' and '.join(conditions)}" if conditions else ""
    return f"select {', '.join(selected)} from {relation}{where}"


def lean_columns(plan: Plan, output: Output) -> frozenset[str]:
    """Columns of the entity that the file can fill."""
    made = _made_fields(plan, output)
    entity = target_entity(plan, output)
    empty = {column.name for column in entity.all_columns if _column(plan, output, entity, column.name, made) == "null"}
    if extra(plan) == NO_EXTRA:
        empty.add("extra")
    return frozenset(column.name for column in entity.all_columns) - empty


def _made_fields(plan: Plan, output: Output) -> set[str]:
    if output.unpivot is None:
        return set()
    names = {output.unpivot.value}
    for item in output.unpivot.fields:
        names.update(item.set)
    for pattern in output.unpivot.labels:
        names.update(re.compile(pattern).groupindex)
    return names


def _unpivot_rows(plan: Plan, output: Output) -> list[str]:
    """One struct per column that becomes a row; all have the same fields."""
    unpivot = output.unpivot
    assert unpivot is not None  # noqa: S101 (the caller looked)
    kind = SQL_TYPES.get(unpivot.type, "varchar")
    names = sorted(_made_fields(plan, output) - {unpivot.value})
    rows = []
    for item in unpivot.fields:
        if plan.has(item.field):
            rows.append((sql_name("f_" + item.field), item.set))
    for index, (owner, match) in dynamic_columns(plan).items():
        if owner is output:
            rows.append((f"d{index}", {key: value for key, value in match.groupdict().items() if value}))

    def packed(value: str, made: dict[str, str]) -> str:
        others = "".join(f", {sql_name(name)} := cast({literal(made.get(name))} as varchar)" for name in names)
        return f"struct_pack({sql_name(unpivot.value)} := cast({value} as {kind}){others})"

    if unpivot.split is None:
        return [packed(value, made) for value, made in rows]
    part = "nullif(fh_trim(part), '')"
    mark = sql_text(unpivot.split)
    return [
        f"list_transform(coalesce(string_split({value}, {mark}), []), lambda part: {packed(part, made)})"
        for value, made in rows
    ]


def _column(plan: Plan, output: Output, entity: Entity, name: str, made: set[str]) -> str:
    """SQL of one entity column."""
    if name in plan.lineage:
        return plan.lineage[name]
    if name in output.columns:
        return expression(plan, output.columns[name], made)
    if output.rest == "null":
        return "null"
    if name in plan.grain.columns:
        return plan.grain.columns[name]
    if name in made:
        return f"p.{sql_name(name)}"
    if name == "level":
        return sql_text(plan.level)
    if name == "breakdown":
        return breakdown(plan)
    if name == "extra":
        # Numbers alone: a mask would take some of them for telephones.
        kept = "t.extra" if plan.contract.extra == "drop" else "fh_mask_joined(t.extra)"
        return "null" if output.unpivot else kept
    if plan.has(name):
        value, fact = _value(plan, name, made), _fact(plan, entity, name)
        if fact is None:
            return value
        return f"coalesce({value if fact.startswith('date ') else f'cast({value} as varchar)'}, {fact})"
    return _fact(plan, entity, name) or "null"


def _fact(plan: Plan, entity: Entity, name: str) -> str | None:
    """SQL of what the file or its manifest says once for all rows of a column; None where nothing is said."""
    fact = plan.facts.get(name)
    if fact is None:
        return None
    if next(column.type for column in entity.all_columns if column.name == name) != "date":
        return sql_text(fact)
    found = parse_date(fact, date_order(plan.contract, plan.binding.language))
    return f"date '{found}'" if found else None


def breakdown(plan: Plan) -> str:
    """SQL: `name=value` of every dimension, joined by ` | `; empty if there is none."""
    parts = [f"{sql_text(name + '=')} || cast(t.{sql_name('f_' + name)} as varchar)" for name in plan.dimensions]
    parts += [f"{sql_text(plan.binding.labels[index].strip() + '=')} || t.x{index}" for index in plan.unnamed]
    joined = f"concat_ws(' | ', {', '.join(parts)})" if parts else "''"
    is_text = plan.unnamed or any(plan.contract.field_type(name) == "text" for name in plan.dimensions)
    return f"fh_mask_joined({joined})" if is_text else joined


def _value(plan: Plan, name: str, made: set[str]) -> str:
    """SQL of a field inside an output: absent fields are null, personal ones a hash or null."""
    if name in made:
        return f"p.{sql_name(name)}"
    if not plan.has(name):
        return "null"
    pii = plan.contract.fields[name].pii
    if pii == "hash":
        return f"fh_hash(t.{sql_name('f_' + name)})"
    if pii == "drop":
        return "null"
    value = f"t.{sql_name('f_' + name)}"
    return f"fh_mask({value})" if plan.contract.field_type(name) == "text" else value


def _bare(plan: Plan, name: Expression, made: set[str]) -> str:
    """SQL of a part of a hash: bare personal values may be used there."""
    if isinstance(name, str) and name not in made and plan.has(name) and plan.contract.fields[name].pii != "keep":
        return f"t.{sql_name('f_' + name)}"
    return expression(plan, name, made)


def expression(plan: Plan, given: Expression, made: set[str]) -> str:
    """SQL of an expression of the safe set."""
    if isinstance(given, str):
        return _value(plan, given, made)
    verb = verb_of(given)
    value = given[verb]
    if verb == "constant":
        return literal(value)
    if verb == "fact":
        fact = plan.facts.get(str(value))
        return sql_text(fact) if fact is not None else "null"
    if verb == "hash":
        parts = ", ".join(f"coalesce(cast({_bare(plan, part, made)} as varchar), '')" for part in value)
        # Keyed like every hash here, so that a hash over personal values cannot be reversed by guessing.
        return f"substr(fh_keyed(concat_ws(chr(31), {parts})), 1, 16)"
    if verb in ("is_known", "lower", "is_utc"):
        return _unary(plan, verb, value, made)
    if verb in ("extract", "replace", "map"):
        return _textual(plan, verb, given, made)
    if verb == "first_present":
        present = [part for part in value if not isinstance(part, str) or part in made or plan.has(part)]
        return expression(plan, present[0], made) if present else "null"
    parts_ = [expression(plan, part, made) for part in value]
    if verb == "coalesce":
        return f"coalesce({', '.join(parts_)})"
    if verb == "concat":
        listed = ", ".join(f"cast({part} as varchar)" for part in parts_)
        return f"nullif(concat_ws({sql_text(str(given.get('separator', '')))}, {listed}), '')"
    if verb == "divide":
        return f"({parts_[0]} / nullif({parts_[1]}, 0))"
    sign = {"add": " + ", "subtract": " - ", "multiply": " * "}[verb]
    return "(" + sign.join(parts_) + ")"


def _unary(plan: Plan, verb: str, value: Expression, made: set[str]) -> str:
    inner = expression(plan, value, made)
    if verb == "is_known":
        return f"({inner} is not null)"
    if verb == "lower":
        return f"lower({inner})"
    zone = plan.contract.fields[value].zone if isinstance(value, str) and value in plan.contract.fields else None
    known = zone not in (None, "account") or plan.zone is not None
    return f"case when {inner} is not null then {'true' if known else 'false'} end"


def _textual(plan: Plan, verb: str, given: dict[str, Any], made: set[str]) -> str:
    if verb == "extract":
        inner = expression(plan, given["from"], made)
        return f"nullif(regexp_extract(cast({inner} as varchar), {sql_text(given[verb])}, 1), '')"
    if verb == "replace":
        inner = expression(plan, given["in"], made)
        by = sql_text(str(given.get("by", "")))
        return f"regexp_replace(cast({inner} as varchar), {sql_text(given[verb])}, {by}, 'g')"
    inner = expression(plan, given["of"], made)
    whens = " ".join(
        f"when {sql_text(str(key).strip().lower())} then {literal(value)}" for key, value in given["map"].items()
    )
    other = given.get("else")
    return f"case lower(cast({inner} as varchar)) {whens} else {expression(plan, other, made) if other else 'null'} end"
