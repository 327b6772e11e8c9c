"""The shape of a source contract: one YAML file that says how to recognise an export kind and what its rows are.

`docs/contracts.md` explains every field with examples. Nothing here knows a platform. The classes are plain: pydantic,
half of the start of a process, is only asked where a file is checked (`checking.py`); checked contracts are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as made_by
from functools import cached_property
from typing import Annotated, Any, Literal

from funnelhouse.contracts.checking import After, Strict, Within, content_hash
from funnelhouse.contracts.entities import channels, entities
from funnelhouse.contracts.expressions import Expression, check_expression, check_pattern, fields_of
from funnelhouse.contracts.reasons import REASONS

Pattern = Annotated[str, After(check_pattern)]
Labels = list[str] | dict[str, list[str]]
"""Header labels, either all English or by language: `{en: [Day], de: [Tag]}`. `~regex` is a pattern."""

FieldType = Literal[
    "text", "id", "integer", "decimal", "precise", "rate", "date", "timestamp", "boolean", "json"
]  # fmt: skip
Level = Literal["account", "campaign", "adset", "ad"]
DateOrder = Literal["mdy", "dmy", "ymd"]
FACTS = (
    "source", "account_id", "account_name", "currency", "timezone", "exported_at", "period_start", "period_end",
    "platform", "language", "title", "row_count", "is_provisional", "page_id", "page_name", "property_name",
    "metric", "scope", "restatement", "search_type", "filter", "year", "attribution_window",
)  # fmt: skip
"""What is known about a file or a table besides its rows. Named groups of patterns and `set` fill them."""


def _known_reason(reason: str) -> str:
    if reason not in REASONS:
        raise ValueError(f"{reason!r} is not a reason; reasons: {', '.join(REASONS)}")
    return reason


@dataclass(frozen=True, kw_only=True)
class Refusal(Strict):
    """This contract only recognises, to refuse with advice."""

    reason: Annotated[str, After(_known_reason)] = "wrong_kind"
    advice: str


@dataclass(frozen=True, kw_only=True)
class Proof(Strict):
    """What shows whose export a table is, where its header alone could be any platform's. One of these is enough.

    `fields` and `labels` stand in the header (a list inside `labels`: all of them), `above` and `below` are patterns
    of lines around the table, `name` of the file's or member's name.
    """

    fields: list[str] = made_by(default_factory=list)
    labels: list[str | list[str]] = made_by(default_factory=list)
    name: Pattern | None = None
    above: Pattern | None = None
    below: Pattern | None = None


@dataclass(frozen=True, kw_only=True)
class Detect(Strict):
    """How the kind is recognised: by header labels first, by names as a help."""

    required: list[str | list[str]] = made_by(default_factory=list)
    any_of: list[str] = made_by(default_factory=list)
    forbidden: list[str] = made_by(default_factory=list)
    containers: list[Literal["text", "xlsx", "xls"]] = made_by(default_factory=lambda: ["text", "xlsx", "xls"])
    file: Pattern | None = None
    member: Pattern | None = None
    sheet: Pattern | None = None
    preamble: Pattern | None = None
    must_match: list[Literal["file", "member", "sheet", "preamble"]] = made_by(default_factory=list)
    required_without_preamble: list[list[str]] = made_by(default_factory=list)
    proof: Proof | None = None
    priority: int = 0


@dataclass(frozen=True, kw_only=True)
class FactPattern(Strict):
    """A pattern whose named groups are facts; `set` adds constants when it matches.

    `occurrence` is the line that counts among those that match, from 1: the first unless it is given. With `joined`
    all lines are one text, so that a line can be known by its neighbours.
    """

    pattern: Pattern
    occurrence: Annotated[int, Within(ge=1, le=20)] = 1
    joined: bool = False
    set: dict[str, str] = made_by(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reading(Strict):
    """How bytes become a table."""

    layout: Literal["table", "key_value"] = "table"
    zero_bytes: Literal["refuse", "drop"] = "refuse"
    fallback_encoding: Literal["cp1252", "latin-1", "mac_roman", "western"] | None = "western"
    delimiter: Literal["auto", ",", ";", "\t", "|"] = "auto"
    copy_sheets: Pattern | None = None
    search_rows: Annotated[int, Within(ge=1, le=200)] = 30
    skip_after_header: Annotated[int, Within(ge=0, le=10)] = 0
    blocks: Literal["single", "stacked"] = "single"
    block_titles: list[FactPattern] = made_by(default_factory=list)
    short_rows: Literal["reject", "pad"] = "reject"
    extra_cells: Annotated[int, Within(ge=0)] = 0
    ends_at_blank_row: bool = False
    unknown_texts: Literal["extra", "dimension"] = "extra"
    null_tokens: list[str] = made_by(default_factory=list)
    decimal: Literal["auto", "auto_dot", "dot", "comma"] = "auto"
    date_order: DateOrder | dict[str, DateOrder] = "mdy"


@dataclass(frozen=True, kw_only=True)
class Condition(Strict):
    """One condition on a row's text cells (trimmed, before typing). Give one of the first five."""

    first_cells: Annotated[int, Within(ge=1)] | None = None
    column: str | None = None
    all_blank: list[str] | None = None
    only_cell: bool = False
    any_cell: bool = False
    matches: Pattern | None = None
    blank: bool | None = None

    def check(self) -> None:
        """One kind of condition, complete."""
        given = [self.first_cells, self.column, self.all_blank, self.only_cell or None, self.any_cell or None]
        if sum(part is not None for part in given) != 1:
            raise ValueError("give exactly one of first_cells, column, all_blank, only_cell, any_cell")
        if self.column is not None and (self.matches is None) == (self.blank is None):
            raise ValueError("column needs either matches or blank")
        if self.all_blank is None and self.column is None and self.matches is None:
            raise ValueError("first_cells, only_cell and any_cell need matches")


@dataclass(frozen=True, kw_only=True)
class DropRule(Strict):
    """Rows that hold no data, counted under a name. All conditions of `when` must hold."""

    name: str
    when: Annotated[list[Condition], Within(min_length=1)]
    keep_as: Literal["totals", "errors", "discard"] = "discard"
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class FieldSpec(Strict):
    """One column of the export.

    With `joined` the cell is made of those fields and facts, with `-` between them: a day in several columns.
    """

    labels: Labels = made_by(default_factory=list)
    same_as: str | None = None
    joined: list[str] = made_by(default_factory=list)
    type: FieldType | None = None
    required: bool = False
    formats: list[str] | dict[str, list[str]] | None = None
    yearless: bool = False
    percent: Literal["sign", "points", "fraction"] = "sign"
    unit: Literal["milliseconds", "seconds", "minutes", "hours", "hms"] | None = None
    values: dict[str, str | bool | int | float | None] | None = None
    other_values: Literal["keep", "null", "reject"] = "keep"
    extract: Pattern | None = None
    null_tokens: list[str] = made_by(default_factory=list)
    zone: str | None = None
    pii: Literal["hash", "drop", "keep"] = "keep"
    dimension: bool = False
    level: Level | None = None

    def by_language(self) -> dict[str, list[str]]:
        """Labels by language; a plain list counts as English."""
        return self.labels if isinstance(self.labels, dict) else {"en": self.labels}

    def all_labels(self) -> list[str]:
        """Labels of every language."""
        return [label for labels in self.by_language().values() for label in labels]


@dataclass(frozen=True, kw_only=True)
class UnpivotField(Strict):
    """A declared field that becomes rows of its own; `set` are constants of those rows."""

    field: str
    set: dict[str, str] = made_by(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Unpivot(Strict):
    """Columns turned into rows: declared fields, or every column whose label matches (named groups are fields).

    With `split`, each part of a cell becomes a row: `601;602` is two.
    """

    value: str
    type: FieldType = "decimal"
    fields: list[UnpivotField] = made_by(default_factory=list)
    labels: list[Pattern] = made_by(default_factory=list)
    split: Annotated[str, Within(min_length=1, max_length=1)] | None = None
    formats: list[str] | dict[str, list[str]] | None = None
    zone: str | None = None
    skip_null: bool = True


@dataclass(frozen=True, kw_only=True)
class Output(Strict):
    """Rows of one entity made from the table. `rest: null` leaves empty what `columns` does not name."""

    entity: str
    columns: dict[str, Expression] = made_by(default_factory=dict)
    unpivot: Unpivot | None = None
    where_known: list[str] = made_by(default_factory=list)
    where: dict[str, Pattern] = made_by(default_factory=dict)
    rest: Literal["fields", "null"] = "fields"

    def check(self) -> None:
        """The entity and the columns exist."""
        entity = entities().get(self.entity)
        if entity is None:
            raise ValueError(f"{self.entity!r} is not an entity; entities: {', '.join(entities())}")
        twin = entities().get(entity.period_twin or "", entity)
        names = {column.name for column in (*entity.columns, *twin.columns)} | {"account_id"}
        for name, expression in self.columns.items():
            if name not in names:
                raise ValueError(f"{self.entity} has no column {name!r}")
            check_expression(expression)


@dataclass(frozen=True, kw_only=True)
class Segment(Strict):
    """A field whose value starts a period of known length."""

    field: str
    unit: Literal["week", "month", "quarter", "year", "range"]


@dataclass(frozen=True, kw_only=True)
class Grain(Strict):
    """Which day or period a row belongs to. Without a day the rows go to the entity's period twin."""

    day: str | None = "date"
    period_start: str | None = None
    period_end: str | None = None
    segments: list[Segment] = made_by(default_factory=list)
    aggregate_guard: bool = False
    day_offset_from_period_start: str | None = None
    spacing_guard: bool | Literal["month"] = False


@dataclass(frozen=True, kw_only=True)
class Beside(Strict):
    """What the other tables of the same zip or workbook say about a table that does not say it itself.

    `days`: the days of the table of this contract that has them are the period of those that have none.
    `facts`: patterns that are searched in the rows of the tables of contract `table`, one line `cell: cell` a row.
    """

    days: bool = False
    table: str | None = None
    facts: list[FactPattern] = made_by(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FactRule(Strict):
    """What to do where a fact is found nowhere."""

    required: bool = False
    default: str | None = None
    advice: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reconcile(Strict):
    """A kept total row that the loaded rows must add up to, within tolerance x (rows + 1)."""

    total: Pattern
    fields: list[str]
    tolerance: float = 0.005


@dataclass(frozen=True, kw_only=True)
class Contract(Strict):
    """One export kind of one platform."""

    contract: Annotated[str, Within(pattern=r"^[a-z0-9_]+__[a-z0-9_]+$")]
    version: Annotated[int, Within(ge=1)] = 1
    title: str
    source: Annotated[str, Within(pattern=r"^[a-z0-9_]+$")]
    channel: str | None = None
    evidence: Literal["file", "parser", "document", "guess"]
    refuse: Refusal | None = None
    detect: Detect
    reading: Reading = made_by(default_factory=Reading)
    preamble: list[FactPattern] = made_by(default_factory=list)
    names: list[FactPattern] = made_by(default_factory=list)
    beside: Beside | None = None
    facts: dict[str, FactRule] = made_by(default_factory=dict)
    drop_rows: list[DropRule] = made_by(default_factory=list)
    fields: dict[str, FieldSpec] = made_by(default_factory=dict)
    ignore: list[str] = made_by(default_factory=list)
    money: list[str] = made_by(default_factory=list)
    extra: Literal["keep", "drop"] = "keep"
    zone: str = "account"
    grain: Grain | None = None
    outputs: list[Output] = made_by(default_factory=list)
    restatement: Literal["upsert", "replace_period", "snapshot", "full"] = "upsert"
    scope: str | None = None
    reconcile: list[Reconcile] = made_by(default_factory=list)
    check_row_count: bool = False
    notes: list[str] = made_by(default_factory=list)

    def check(self) -> None:
        """Every name that is used is declared."""
        if self.refuse is None and not self.outputs:
            raise ValueError("outputs: name at least one entity (or say refuse: {advice: ...})")
        if self.refuse is not None and self.channel is None:
            raise ValueError("channel: a refusing contract must name its channel")
        if self.channel is not None and self.channel not in channels():
            raise ValueError(f"channel: {self.channel!r} is not one of {', '.join(channels())}")
        for where, name in self._named_fields():
            if name not in self.fields:
                raise ValueError(f"{where}: {name!r} is not declared under fields")
        for name, spec in self.fields.items():
            if not spec.same_as and not spec.all_labels():
                raise ValueError(f"fields.{name}: give labels, same_as or both")
        for fact in self.facts:
            if fact not in FACTS:
                raise ValueError(f"facts: {fact!r} is not a fact; facts: {', '.join(FACTS)}")
        self._check_labels()

    def _check_labels(self) -> None:
        if self.money and self.extra != "drop":
            raise ValueError("money: needs extra: drop (with extra: keep every column is kept, as text)")
        for label in [*self.ignore, *self.money, *self.detect.forbidden, *self._all_labels()]:
            if label.startswith("~"):
                check_pattern(label[1:])

    def _all_labels(self) -> list[str]:
        return [label for field in self.fields.values() for label in field.all_labels()]

    def _named_fields(self) -> list[tuple[str, str]]:
        """Every place that names a field, with the name."""
        found: list[tuple[str, str]] = []
        for group in self.detect.required:
            found += [("detect.required", name) for name in ([group] if isinstance(group, str) else group)]
        for names in self.detect.required_without_preamble:
            found += [("detect.required_without_preamble", name) for name in names]
        found += [("detect.any_of", name) for name in self.detect.any_of]
        found += [("detect.proof", name) for name in (self.detect.proof.fields if self.detect.proof else [])]
        for rule in self.drop_rows:
            for condition in rule.when:
                names = [*(condition.all_blank or []), *([condition.column] if condition.column else [])]
                found += [(f"drop_rows.{rule.name}", name) for name in names]
        for name, spec in self.fields.items():
            if spec.same_as is not None:
                found.append((f"fields.{name}.same_as", spec.same_as))
            found += [(f"fields.{name}.joined", part) for part in spec.joined if part not in FACTS]
        for rule_ in self.reconcile:
            found += [("reconcile", name) for name in rule_.fields]
        if grain := self.grain:
            named = [grain.period_start, grain.period_end, *(segment.field for segment in grain.segments)]
            found += [("grain", name) for name in named if name]
        for output in self.outputs:
            found += self._fields_of_output(output)
        return found

    def _fields_of_output(self, output: Output) -> list[tuple[str, str]]:
        made: set[str] = set()
        found: list[tuple[str, str]] = []
        if unpivot := output.unpivot:
            made.add(unpivot.value)
            for pattern in unpivot.labels:
                made.update(re.compile(pattern).groupindex)
            for item in unpivot.fields:
                made.update(item.set)
                found.append((f"outputs.{output.entity}.unpivot", item.field))
        names = [name for expression in output.columns.values() for name in fields_of(expression)]
        names += [*output.where_known, *output.where]
        found += [(f"outputs.{output.entity}", name) for name in names if name not in made]
        return found

    @property
    def kind_channel(self) -> str:
        """Channel of the kind: as written, else that of its first entity."""
        return self.channel or entities()[self.outputs[0].entity].channel

    def field_type(self, name: str) -> str:
        """Type of a field: as written, else that of the entity column of the same name, else text."""
        if written := self.fields[name].type:
            return written
        for output in self.outputs:
            entity = entities()[output.entity]
            twin = entities().get(entity.period_twin or "")
            for candidate in (entity, twin):
                if candidate and (column := candidate.column(name)):
                    return column.type
        return "text"

    @cached_property
    def content_hash(self) -> str:
        """Stands for everything in the contract that decides what becomes of a file; comments and titles do not."""
        return content_hash(self, without={"title", "evidence", "notes"})

    def identity(self) -> dict[str, Any]:
        """What `contract list` shows."""
        return {
            "contract": self.contract, "version": self.version, "title": self.title, "channel": self.kind_channel,
            "source": self.source, "entities": [output.entity for output in self.outputs],
            "restatement": self.restatement if self.outputs else "refused", "evidence": self.evidence,
        }  # fmt: skip
