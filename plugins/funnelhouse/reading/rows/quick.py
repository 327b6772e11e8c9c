"""The quick way to type a big table, equal to the exact one in every value and in every row's fate.

A clean export needs none of what `sql_values.py` and `typed_rows.py` know about odd cells. Here the engine's own casts
are asked first, and a row whose typed cells are all plain is *fine*: what a plain number or day cannot be (a total, a
blank row, unreadable) is not asked about it. Every other row takes the exact way in the same pass.

Names and ids are written as they stand (*bare*) and looked at afterwards in the file, where equal cells are stored
once; if one of them needed a trim, a null or a mask, the table is written again with that column read the exact way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import duckdb

from funnelhouse.contracts.entities import SQL_TYPES
from funnelhouse.contracts.schema import Condition, DropRule, Output
from funnelhouse.reading.cells.numbers import SPACES
from funnelhouse.reading.cells.sql_values import SANE, first_characters, matches
from funnelhouse.reading.rows.entity_rows import target_entity
from funnelhouse.reading.rows.typed_rows import (
    Plan,
    condition_sql,
    drop_conditions,
    drop_when,
    field_whens,
    late_whens,
    state_whens,
    tokens,
    typed_field,
)
from funnelhouse.sql import sql_name, sql_text

_NUMBERS = {"integer", "decimal", "precise"}
_PLAIN_FIRSTS = set("0123456789+-." + SPACES)
"""What a cell that the engine casts to a number or a day can begin with."""


@dataclass
class Quick:
    """Which fields take the quick way. `asked` ones are cast first, `bare` ones are written as they stand."""

    plan: Plan
    asked: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)  # bare field -> SQL of it over the written rows

    # --- SQL of the typed relation ---

    def casts(self) -> list[str]:
        """Columns `q_<field>`: the engine's own reading of the cell, NULL if it has none."""
        return [f"{self._cast(name)} as {sql_name('q_' + name)}" for name in self.asked]

    def value(self, name: str) -> str:
        """SQL of a field, over a relation that has the casts."""
        if name in self.bare:
            return self.plan.cell(name)
        if name not in self.asked:
            return typed_field(self.plan, name)
        exact = f"when {self.plan.cell(name)} is not null then {typed_field(self.plan, name)}"
        return f"case when {self._known(name)} then {sql_name('q_' + name)} {exact} end"

    def issue(self, width: int) -> str:
        """SQL: why a row is not loaded, NULL if it is. Equal to `rows.issue` once the bare columns are checked."""
        plan = self.plan
        exact = {name: typed_field(plan, name) for name in self.bare}
        whole = [drop_when(name, condition) for name, condition in drop_conditions(plan, width)]
        whole += state_whens(plan)
        for name in plan.binding.columns:
            whole += field_whens(plan, name, value=exact.get(name))
        whole += late_whens(plan)
        return f"case when {self._fine()} then {self._quickly(width)} else case {' '.join(whole)} end end"

    def _quickly(self, width: int) -> str:
        """SQL: the issue of a fine row."""
        plan = self.plan
        cells = [f"c{index}" for index in range(width)]
        left = [] if self._required() else [drop_when("blank_rows", f"coalesce({', '.join(cells)}) is null")]
        for rule in plan.contract.drop_rows:
            if condition := self._left_of(rule, cells):
                left.append(drop_when(rule.name, condition))
        left += state_whens(plan)
        for name in plan.binding.columns:
            if name in self.asked:
                continue
            left += field_whens(plan, name, damaged=name not in self.bare)
        left += late_whens(plan)
        return f"case {' '.join(left)} end" if left else "null"

    # --- the check afterwards ---

    def doubts(self, name: str, value: str) -> str:
        """SQL: a cell that was written as it stands is none of the plain ones, or may be a row to drop."""
        plan = self.plan
        is_id = self._kind(name) == "id"
        nulls = ", ".join(sql_text(token) for token in tokens(plan, name, is_text=True))
        parts = [f"lower({value}) in ({nulls})"]
        if is_id:
            patterns = [r"[^\x00-\x7f]", r"^[\[='\" \t\n\r]", " $", r"^\s*\d([.,]\d+)?[eE]\+?\d{1,2}\s*$"]
        else:
            blanks = "".join(f"\\x{{{ord(space):x}}}" for space in SPACES)
            patterns = [f"^[{blanks}]", f"[{blanks}]$"]
            parts.append(f"fh_mask({value}) <> {value}")
        parts.append(f"regexp_matches({value}, {sql_text('|'.join(f'(?:{p})' for p in patterns))})")
        for pattern in self._patterns_of(plan.cell(name)):
            parts.append(f"regexp_matches(fh_plain({value}), {sql_text(pattern)})")
        return " or ".join(parts)

    def doubtful(self, connection: duckdb.DuckDBPyConnection, source: str, values: dict[str, str]) -> set[str]:
        """Bare fields of which some cell in `source` is doubtful; `values` are their columns there."""
        if not self.bare:
            return set()
        # Equal cells first: the patterns are expensive, and in most columns few cells differ.
        wanted = ", ".join(
            f"(select count(*) filter ({self.doubts(name, 'v')}) "
            f"from (select distinct {values[name]} as v from {source}))"
            for name in self.bare
        )
        found = connection.execute(f"select {wanted}").fetchone() or ()
        return {name for name, count in zip(self.bare, found, strict=True) if count}

    def _patterns_of(self, cell: str) -> list[str]:
        """Patterns of the rules that drop a row for this cell alone."""
        found = ((_single_pattern(rule), rule) for rule in self.plan.contract.drop_rows)
        return [pattern for pattern, rule in found if pattern and cell in self._cells_of(rule.when[0])]

    # --- what is provably no trouble ---

    def _kind(self, name: str) -> str:
        return self.plan.contract.field_type(name)

    def _cast(self, name: str) -> str:
        kind, cell = self._kind(name), self.plan.cell(name)
        if kind == "date":
            return f"case when strlen({cell}) = 10 then try_cast({cell} as date) end"
        if kind == "integer":
            # The engine also casts `1.5`, `1e3`, `0x1F` and `- `: only what the number is written as counts.
            cast = f"try_cast({cell} as bigint)"
            return f"case when cast({cast} as varchar) = {cell} then {cast} end"
        # The engine reads `1_000` as a thousand, too.
        odd = f"contains({cell}, '_')"
        if self.plan.profile.style != "dot":
            odd += f" or contains({cell}, '.')"
        return f"case when {odd} then null else try_cast({cell} as {SQL_TYPES[kind]}) end"

    def _known(self, name: str) -> str:
        """SQL: the cast is what the exact way finds, too."""
        cast, kind = sql_name("q_" + name), self._kind(name)
        if kind == "date":
            return f"{cast} {SANE}"
        if kind == "integer":
            return f"{cast} is not null"
        # The engine casts `- ` to 0: a zero must be written in the cell.
        return (
            f"case when {cast} <> 0 then true when {cast} = 0 then contains({self.plan.cell(name)}, '0') else false end"
        )

    def _required(self) -> list[str]:
        return [name for name in self.asked if self.plan.contract.fields[name].required]

    def _fine(self) -> str:
        found = []
        for name in self.asked:
            known = self._known(name)
            is_required = self.plan.contract.fields[name].required
            found.append(known if is_required else f"({known} or {self.plan.cell(name)} is null)")
        return " and ".join(found) or "false"

    def _left_of(self, rule: DropRule, cells: list[str]) -> str:
        """SQL of the rule for fine rows; empty if it cannot hold, or if the check afterwards looks for it."""
        if any(self._cannot_hold(condition) for condition in rule.when):
            return ""
        pattern = _single_pattern(rule)
        if pattern is None:
            return " and ".join(condition_sql(self.plan, condition, cells) for condition in rule.when)
        bare = {self.plan.cell(name) for name in self.bare}
        plain = self._plain_cells() if self._is_no_number(pattern) else set()
        left = [cell for cell in self._cells_of(rule.when[0], cells) if cell not in bare and cell not in plain]
        return " or ".join(matches(cell, pattern) for cell in left)

    def _cannot_hold(self, condition: Condition) -> bool:
        required = self._required()
        if condition.only_cell:
            return len({self.plan.cell(name) for name in required}) > 1
        if condition.all_blank is not None:
            return any(name in required for name in condition.all_blank)
        if condition.column is not None:
            if condition.blank is not None:
                return condition.blank and condition.column in required
            plain = condition.column in self.asked and self._is_no_number(condition.matches or "")
            return plain or not self.plan.has(condition.column)
        return False

    def _plain_cells(self) -> set[str]:
        return {self.plan.cell(name) for name in self.asked}

    @staticmethod
    def _is_no_number(pattern: str) -> bool:
        firsts = first_characters(pattern)
        return firsts is not None and not firsts & _PLAIN_FIRSTS

    def _cells_of(self, condition: Condition, cells: list[str] | None = None) -> list[str]:
        """Cells that a condition with a pattern looks at."""
        if condition.column is not None:
            return [self.plan.cell(condition.column)] if self.plan.has(condition.column) else []
        known = cells if cells is not None else [f"c{index}" for index in range(len(self.plan.binding.labels))]
        return known[: condition.first_cells] if condition.first_cells is not None else known


def _single_pattern(rule: DropRule) -> str | None:
    """The pattern of a rule that is one look at cells, else None."""
    if len(rule.when) != 1:
        return None
    condition = rule.when[0]
    looks = condition.first_cells is not None or condition.any_cell or condition.column is not None
    return condition.matches if looks and condition.blank is None and not condition.only_cell else None


def _as_written(plan: Plan) -> list[str]:
    """Fields whose cells are their values, but for the type."""
    mapped, fields = plan.profile.mapped, plan.contract.fields
    return [
        name
        for name in plan.binding.columns
        if name not in mapped and not fields[name].extract and fields[name].values is None and not fields[name].unit
    ]


def asked_fields(plan: Plan) -> list[str]:
    """Fields that the engine's casts can be asked for: numbers and days; a null token with a digit might be cast."""
    kinds = {*_NUMBERS, "date"}
    return [
        name
        for name in _as_written(plan)
        if plan.contract.field_type(name) in kinds
        and not any(re.search(r"\d", token) for token in tokens(plan, name, is_text=False))
    ]


def text_fields(plan: Plan) -> list[str]:
    """Names and ids that may be written as they stand."""
    return [name for name in _as_written(plan) if plan.contract.field_type(name) in ("id", "text")]


def quick_plan(connection: duckdb.DuckDBPyConnection, plan: Plan, output: Output | None) -> Quick:
    """Choose the quick fields by their types, and by the sample: a column with odd cells in it is read exactly.

    `output` is the table's only one, or None if names cannot be checked afterwards.
    """
    quick = Quick(plan, asked_fields(plan))
    for name in text_fields(plan):
        if output is not None and (shown := shown_in(plan, output, name)):
            quick.bare.append(name)
            quick.shown[name] = shown
    odd = quick.doubtful(connection, "fh_sample", {name: plan.cell(name) for name in quick.bare})
    quick.bare = [name for name in quick.bare if name not in odd]
    return quick


def shown_in(plan: Plan, output: Output, name: str) -> str:
    """SQL of the field over the written rows, where a column shows it as it stands; empty if none does."""
    entity = target_entity(plan, output)
    made = (*plan.lineage, *output.columns, *plan.grain.columns)
    if plan.contract.fields[name].pii != "keep" or output.rest == "null":
        return ""
    if (
        plan.dimensions == [name]
        and not plan.unnamed
        and "breakdown" not in made
        and entity.column("breakdown") is not None
    ):
        return f"nullif(substr(breakdown, {len(name) + 2}), '')"
    is_own = entity.column(name) is not None and name not in (*made, "level", "breakdown", "extra")
    return sql_name(name) if is_own and plan.facts.get(name) is None else ""
