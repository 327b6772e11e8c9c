"""The SQL that turns a table's text cells into typed fields, with an issue per bad row."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from funnelhouse.contracts.entities import SQL_TYPES
from funnelhouse.contracts.facts import Facts
from funnelhouse.contracts.schema import Condition, Contract, Output
from funnelhouse.reading.cells.sql_values import (
    NULLS,
    TEXT_NULLS,
    boolean,
    day,
    identifier,
    is_null_cell,
    is_odd_null,
    matches,
    moment,
    number,
    rate,
    seconds,
    text,
    whole,
)
from funnelhouse.reading.rows.grain import GrainChoice
from funnelhouse.reading.rows.profile import NUMERIC, Profile
from funnelhouse.reading.rows.unclaimed import ignored_labels, money_labels
from funnelhouse.reading.tables.recognition import Binding
from funnelhouse.sql import sql_name, sql_text
from funnelhouse.text import label_key, label_keys

PERSONAL = re.compile(
    r"e-?mail|phone|mobile|telefon|téléphone|teléfono|điện thoại|fax|first ?name|last ?name|full ?name|"
    r"prénom|vorname|nachname|nombre completo|họ và tên|birth|street|ip address|_ip$|optin_ip|latitude|longitude",
    re.IGNORECASE,
)
"""Labels of columns that no contract names and that must not reach `extra`: they hold personal data."""

UNITS = {"milliseconds": 0.001, "seconds": 1, "minutes": 60, "hours": 3600}
NO_EXTRA = "cast(null as varchar)"
UNREADABLE = "unreadable"
"""What `extra` has for a cell of a column of money that holds no number."""
LEVELS = ("account", "campaign", "adset", "ad")


@dataclass
class Plan:
    """Everything known about one table when its SQL is written."""

    binding: Binding
    facts: Facts
    profile: Profile
    grain: GrainChoice
    is_sheet: bool
    zone: str | None
    lineage: dict[str, str] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=list)  # columns nobody claims that are dimensions all the same

    @property
    def contract(self) -> Contract:
        """The contract."""
        return self.binding.contract

    def cell(self, name: str) -> str:
        """SQL name of a field's cell."""
        return f"c{self.binding.columns[name]}"

    def has(self, name: str | None) -> bool:
        """True if the header has the field."""
        return name is not None and name in self.binding.columns

    @property
    def level(self) -> str:
        """Deepest level in the header."""
        present = {spec.level for name, spec in self.contract.fields.items() if spec.level and self.has(name)}
        return next((level for level in reversed(LEVELS) if level in present), "account")

    @property
    def dimensions(self) -> list[str]:
        """Breakdown fields in the header, in the contract's order."""
        return [name for name, spec in self.contract.fields.items() if spec.dimension and self.has(name)]


def tokens(plan: Plan, name: str, *, is_text: bool) -> list[str]:
    """Null tokens of a field."""
    own = [*plan.contract.reading.null_tokens, *plan.contract.fields[name].null_tokens]
    return list(dict.fromkeys([*(TEXT_NULLS if is_text else NULLS), *(token.strip().lower() for token in own)]))


# --- fields ---------------------------------------------------------------------------------------------------------


def typed_field(plan: Plan, name: str) -> str:
    """SQL of one field's value."""
    spec, kind, cell = plan.contract.fields[name], plan.contract.field_type(name), plan.cell(name)
    if name in plan.profile.mapped:
        return f"{sql_name('m_' + name)}.value"
    if spec.extract:
        cell = f"nullif(regexp_extract(fh_trim({cell}), {sql_text(spec.extract)}, 1), '')"
    if spec.values is not None:
        return _mapped_value(plan, name, kind, cell)
    if spec.unit:
        return _duration(plan, spec.unit, kind, cell)
    if kind == "id":
        return identifier(cell, tokens(plan, name, is_text=True))
    if kind in ("text", "json"):
        return text(cell, tokens(plan, name, is_text=True))
    return _typed(plan, name, kind, cell)


def _typed(plan: Plan, name: str, kind: str, cell: str) -> str:
    style, spec = plan.profile.style, plan.contract.fields[name]
    formats = plan.profile.formats.get(name, [])
    if kind == "integer":
        value = whole(cell, style)
    elif kind in ("decimal", "precise"):
        value = number(cell, SQL_TYPES[kind], style)
    elif kind == "rate":
        value = rate(cell, style, spec.percent, plan.is_sheet)
    elif kind == "boolean":
        value = boolean(cell)
    elif kind == "date":
        value = day(cell, formats, plan.is_sheet)
    else:
        zone = spec.zone if spec.zone not in (None, "account") else plan.zone
        value = moment(cell, formats, zone, offsets=name in plan.profile.offsets)
    own = [token for token in tokens(plan, name, is_text=False) if token not in NULLS]
    return f"case when {is_null_cell(cell, own)} then null else {value} end" if own else value


def _mapped_value(plan: Plan, name: str, kind: str, cell: str) -> str:
    spec = plan.contract.fields[name]
    assert spec.values is not None  # noqa: S101 (the caller looked)
    whens = " ".join(
        f"when {sql_text(str(key).strip().lower())} then {literal(value)}" for key, value in spec.values.items()
    )
    kept = {"boolean": boolean(cell)}.get(kind, f"fh_trim({cell})")
    other = kept if spec.other_values == "keep" else "null"
    value = f"case lower(fh_trim({cell})) {whens} else {other} end"
    null = is_null_cell(cell, tokens(plan, name, is_text=kind in ("text", "id")))
    return f"cast(case when {null} then null else {value} end as {SQL_TYPES.get(kind, 'varchar')})"


def _duration(plan: Plan, unit: str, kind: str, cell: str) -> str:
    """Seconds; `1:02:03` is understood whatever the unit."""
    return seconds(cell, plan.profile.style, UNITS.get(unit, 1), SQL_TYPES[kind])


def literal(value: Any) -> str:
    """A SQL literal of a YAML value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return sql_text(value) if isinstance(value, str) else str(value)


# --- issues ---------------------------------------------------------------------------------------------------------


def drop_conditions(plan: Plan, width: int) -> list[tuple[str, str]]:
    """Name and SQL condition of every rule that drops rows, in their order."""
    cells = [f"c{index}" for index in range(width)]
    found = [("blank_rows", f"coalesce({', '.join(cells)}) is null")]
    for rule in plan.contract.drop_rows:
        found.append((rule.name, " and ".join(condition_sql(plan, condition, cells) for condition in rule.when)))
    return found


def issue(plan: Plan, width: int) -> str:
    """SQL: why a row is not loaded (`drop:<rule>` or `<reason>:<field>`), NULL if it is."""
    whens = [drop_when(name, condition) for name, condition in drop_conditions(plan, width)] + state_whens(plan)
    for name in plan.binding.columns:
        whens += field_whens(plan, name)
    whens += late_whens(plan)
    return f"case {' '.join(whens)} end"


def drop_when(name: str, condition: str) -> str:
    """WHEN branch of a rule that drops rows."""
    return f"when {condition} then {sql_text('drop:' + name)}"


def state_whens(plan: Plan) -> list[str]:
    """WHEN branches for rows that are not as wide as the header."""
    found = []
    if plan.contract.reading.ends_at_blank_row:
        found.append("when st = 'below' then 'drop:other_table'")
    found += ["when st = 'long' then 'too_many_cells:'", "when st = 'mixed' then 'mixed_delimiters:'"]
    if plan.contract.reading.short_rows != "pad":
        found.append("when st = 'short' then 'too_few_cells:'")
    return found


def field_whens(plan: Plan, name: str, value: str | None = None, *, damaged: bool = True) -> list[str]:
    """WHEN branches for a field that cannot be read or is missing. `value` is its SQL (default: its column).

    Without `damaged` an id is not asked whether a spreadsheet rounded it.
    """
    spec, kind = plan.contract.fields[name], plan.contract.field_type(name)
    value, cell = value or sql_name("f_" + name), plan.cell(name)
    found = []
    reason = {"integer": "bad_number", "decimal": "bad_number", "precise": "bad_number", "rate": "bad_number",
              "date": "bad_date", "timestamp": "bad_date", "boolean": "bad_boolean"}.get(kind)  # fmt: skip
    if kind == "id" and damaged:
        found.append(f"when fh_is_damaged_id({cell}) then {sql_text('damaged_id:' + name)}")
    elif spec.values is not None and spec.other_values == "reject":
        reason = "bad_value"
    elif spec.values is not None and spec.other_values == "null":
        reason = None
    if reason and not (spec.extract and kind == "text"):
        null = is_odd_null(cell, tokens(plan, name, is_text=False))
        unread = f"case when {value} is null then not {null} else false end"
        found.append(f"when {unread} then {sql_text(f'{reason}:{name}')}")
    if spec.required:
        found.append(f"when {value} is null then {sql_text('missing_key:' + name)}")
    return found


def late_whens(plan: Plan) -> list[str]:
    """WHEN branches for columns that become rows, and for rows against the grain."""
    found = []
    for index, dynamic in dynamic_columns(plan).items():
        found += _dynamic_issues(plan, index, dynamic[0])
    return found + plan.grain.issues


def _dynamic_issues(plan: Plan, index: int, output: Output) -> list[str]:
    """A cell of an unpivoted column that cannot be read must not vanish: the row is rejected, as for any field."""
    kind = output.unpivot.type if output.unpivot else "text"
    reason = "bad_number" if kind in NUMERIC else "bad_date" if kind in ("date", "timestamp") else None
    if reason is None:
        return []
    null = is_odd_null(f"c{index}", [*NULLS, *plan.contract.reading.null_tokens])
    label = plan.binding.labels[index].strip()
    return [f"when case when d{index} is null then not {null} else false end then {sql_text(f'{reason}:{label}')}"]


def condition_sql(plan: Plan, condition: Condition, cells: list[str]) -> str:
    """SQL of one condition of a rule that drops rows."""
    pattern = sql_text(condition.matches or "")
    if condition.first_cells is not None:
        return (
            "(" + " or ".join(matches(cell, condition.matches or "") for cell in cells[: condition.first_cells]) + ")"
        )
    if condition.any_cell:
        return "(" + " or ".join(matches(cell, condition.matches or "") for cell in cells) + ")"
    if condition.only_cell:
        filled = " + ".join(f"cast(nullif(fh_trim({cell}), '') is not null as integer)" for cell in cells)
        first = ", ".join(f"nullif(fh_trim({cell}), '')" for cell in cells)
        return f"({filled} = 1 and regexp_matches(fh_plain(coalesce({first})), {pattern}))"
    if condition.all_blank is not None:
        present = [name for name in condition.all_blank if plan.has(name)]
        # Where texts are dimensions, a column that nobody named separates rows, too.
        blanks = [plan.cell(name) for name in present] + [f"c{index}" for index in plan.unnamed]
        tests_ = [is_null_cell(cell, TEXT_NULLS) for cell in blanks]
        return "(" + " and ".join(tests_) + ")" if tests_ else "false"
    return _column_condition(plan, condition)


def _column_condition(plan: Plan, condition: Condition) -> str:
    if not plan.has(condition.column):
        return "true" if condition.blank else "false"
    cell = plan.cell(condition.column or "")
    if condition.blank is None:
        return matches(cell, condition.matches or "")
    null = is_null_cell(cell, TEXT_NULLS)
    return null if condition.blank else f"not {null}"


# --- the typed relation -----------------------------------------------------------------------------------------------


class Way(Protocol):
    """Another way to the same values and issues (`quick.py`)."""

    asked: list[str]

    def casts(self) -> list[str]:
        """Columns that the values of the `asked` fields are made of."""

    def value(self, name: str) -> str:
        """SQL of a field; of an `asked` one over a relation that has the casts."""

    def issue(self, width: int) -> str:
        """SQL of the issue."""


def typed_cells(plan: Plan, relation: str, width: int, way: Way | None = None) -> str:
    """SQL of every row: cells (`c<index>`), fields (`f_<name>`), unclaimed columns that become rows (`d<index>`)."""
    joins = ""
    fields: list[str] = []
    later: list[str] = []
    for name in plan.binding.columns:
        if table := plan.profile.mapped.get(name):
            joins += (
                f" left join {table} as {sql_name('m_' + name)} on {sql_name('m_' + name)}.cell = r.{plan.cell(name)}"
            )
        value = way.value(name) if way else typed_field(plan, name)
        (later if way and name in way.asked else fields).append(f"{value} as {sql_name('f_' + name)}")
    for index, pattern in dynamic_columns(plan).items():
        fields.append(f"{_dynamic_value(plan, index, pattern)} as d{index}")
    fields += [f"{text(f'c{index}', list(TEXT_NULLS))} as x{index}" for index in plan.unnamed]
    fields += way.casts() if way else []
    listed = (", " + ", ".join(fields)) if fields else ""
    inner = f"select r.rn, r.st, {', '.join(f'r.c{i}' for i in range(width))}{listed} from {relation} as r{joins}"
    return f"select *, {', '.join(later)} from ({inner})" if later else inner


def typed_query(plan: Plan, relation: str, width: int, way: Way | None = None, kept: str = "") -> str:
    """SQL of all fields (`f_<name>`), `extra` and `issue`; by the exact expressions, or by another way to them.

    `kept` is SQL of a further column over the cells.
    """
    inner = typed_cells(plan, relation, width, way)
    others = [*(f"d{index}" for index in dynamic_columns(plan)), *(f"x{index}" for index in plan.unnamed)]
    named = ", ".join([*(sql_name("f_" + name) for name in plan.binding.columns), *others])
    found = way.issue(width) if way else issue(plan, width)
    return (
        f"select rn{', ' + named if named else ''}, {extra(plan)} as extra, issue{', ' + kept if kept else ''} "
        f"from (select *, {found} as issue from ({inner}))"
    )


def extra(plan: Plan) -> str:
    """SQL: the columns nobody claims, as a JSON object of texts; NULL if all are null.

    Where the contract drops them, those that it says hold money are kept as numbers: `1200.500000`, or UNREADABLE.
    """
    if plan.contract.extra == "drop" and not plan.contract.money:
        return NO_EXTRA
    taken = {*dynamic_columns(plan), *plan.unnamed}
    ignored, money = ignored_labels(plan.contract), money_labels(plan.contract)
    keys = label_keys(plan.binding.labels)
    parts = []
    for index in plan.binding.unknown:
        label, key = plan.binding.labels[index].strip(), keys[index]
        if index in taken or PERSONAL.search(label) or any(test(key) for test in ignored):
            continue
        if plan.contract.extra == "drop" and not any(test(key) for test in money):
            continue
        # Of several columns with one label the key has a number; custom fields of Salesforce end in `__c` themselves.
        shown = label if key == label_key(label) else f"{label}__{key.rsplit('__', 1)[1]}"
        quoted = sql_text(json.dumps(shown, ensure_ascii=False) + ":")
        value = _money(plan, index) if plan.contract.extra == "drop" else f"c{index}"
        parts.append(f"{quoted} || to_json({value})")
    if not parts:
        return NO_EXTRA
    return f"'{{' || nullif(concat_ws(',', {', '.join(parts)}), '') || '}}'"


def _money(plan: Plan, index: int) -> str:
    """SQL: the number in a cell as text; a word for one without, since a text may be anything, a name among them."""
    cell = f"c{index}"
    null = is_null_cell(cell, [*NULLS, *(token.strip().lower() for token in plan.contract.reading.null_tokens)])
    value = number(cell, SQL_TYPES["decimal"], plan.profile.style)
    return f"case when {null} then null else coalesce(cast({value} as varchar), {sql_text(UNREADABLE)}) end"


def dynamic_columns(plan: Plan) -> dict[int, tuple[Output, re.Match[str]]]:
    """Unclaimed columns that an output's unpivot patterns match."""
    found: dict[int, tuple[Output, re.Match[str]]] = {}
    for output in plan.contract.outputs:
        for pattern in output.unpivot.labels if output.unpivot else []:
            for index in plan.binding.unknown:
                label = " ".join(plan.binding.labels[index].split())
                if index not in found and (match := re.fullmatch(pattern, label, re.IGNORECASE)):
                    found[index] = (output, match)
    return found


def _dynamic_value(plan: Plan, index: int, dynamic: tuple[Output, re.Match[str]]) -> str:
    unpivot = dynamic[0].unpivot
    assert unpivot is not None  # noqa: S101 (made from one)
    cell, style = f"c{index}", plan.profile.style
    formats = (
        unpivot.formats if isinstance(unpivot.formats, list) else (unpivot.formats or {}).get(plan.binding.language, [])
    )
    if unpivot.type in NUMERIC:
        value = whole(cell, style) if unpivot.type == "integer" else number(cell, SQL_TYPES[unpivot.type], style)
    elif unpivot.type == "date":
        value = day(cell, formats, plan.is_sheet)
    elif unpivot.type == "timestamp":
        value = moment(cell, formats, unpivot.zone or plan.zone, offsets=True)
    else:
        value = text(cell, list(TEXT_NULLS))
    return value
