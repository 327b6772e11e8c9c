"""Which entity an unknown table is, and what each of its columns is there: guesses with their confidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from funnelhouse.contracts.entities import Column as EntityColumn
from funnelhouse.contracts.entities import Entity, entities
from funnelhouse.contracts.schema import Contract
from funnelhouse.draft.evidence import Evidence, gather, personal
from funnelhouse.draft.look import Look
from funnelhouse.draft.vocabulary import EXACT, Meaning, currency_in, vocabulary
from funnelhouse.text import label_key, label_keys, plain

TWINS = {entity.period_twin for entity in entities().values() if entity.period_twin}
TIMES = ("date", "published_at", "sent_at", "event_at", "started_at", "submitted_at", "changed_at", "activity_at",
         "created_at", "period_start", "rate_date")  # fmt: skip
"""Column that says when, the first one an entity has."""
MONEY = ("spend", "conversion_value", "purchase_value", "revenue", "amount", "expected_revenue", "unit_price",
         "list_price", "total_price", "unit_cost", "budgeted_cost", "actual_cost", "annual_revenue")  # fmt: skip
EMPLOYEE_ENTITIES = ("crm_users", "crm_user_roles")
"""Their names are kept, so that a list of customers must never be taken for one of employees: only when asked for."""
EMPLOYEES = ("owner_name", "agent_name")
CORE = {
    "ads_performance": ("date", "campaign_id", "campaign_name", "spend", "impressions", "clicks"),
    "web_traffic": ("date", "sessions"),
    "crm_opportunities": ("amount", "stage"),
}
CORE_BONUS = 0.35
"""An ad report without impressions is rare: `Views` alone are impressions there, beside impressions they are not."""
TOTALS = ("total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "insgesamt", "somme", "totale",
          "totaal", "suma", "subtotal", "all", "overall", "tổng", "tổng cộng", "总计", "合計", "итого")  # fmt: skip
MIN_SCORE, CLEAR_LEAD = 0.9, 0.75
_FITS = {
    "integer": {"integer"},
    "decimal": {"integer", "decimal"},
    "precise": {"integer", "decimal"},
    "rate": {"rate", "decimal", "integer"},
    "date": {"date", "timestamp"},
    "timestamp": {"date", "timestamp"},
    "text": {"text", "integer", "decimal", "rate"},
    "boolean": {"text", "integer"},
    "json": {"text"},
}


@dataclass
class Column:
    """One labelled column of the file and what it is guessed to be. `column` is empty if nothing is known."""

    index: int
    label: str
    evidence: Evidence
    personal: str | None = None
    meaning: Meaning | None = None
    name: str = ""
    rivals: list[str] = field(default_factory=list)

    @property
    def column(self) -> str:
        """Canonical column, or empty."""
        return self.meaning.column if self.meaning else ""

    @property
    def is_sure(self) -> bool:
        """True if contracts know this very label, and for nothing else."""
        return self.meaning is not None and self.meaning.confidence >= EXACT and not self.rivals


@dataclass
class Guess:
    """An entity with the columns assigned to it. `scores` are those of all entities, the best first."""

    entity: Entity | None
    columns: list[Column]
    scores: list[tuple[str, float]] = field(default_factory=list)

    def get(self, name: str) -> Column | None:
        """The column that became `name`, or None."""
        return next((column for column in self.columns if column.meaning and column.column == name), None)

    @property
    def mapped(self) -> list[Column]:
        """Columns with a meaning."""
        return [column for column in self.columns if column.meaning]

    @property
    def time(self) -> Column | None:
        """The column that says when."""
        return next((found for name in TIMES if (found := self.get(name))), None)


def guess(look: Look, contracts: Iterable[Contract], wanted: str | None) -> Guess:
    """The best entity, or `wanted`, with its columns; no entity if the labels say too little."""
    words = vocabulary(contracts)
    keys = label_keys(look.labels)
    columns = []
    rows = [row for row in look.rows if not is_total(row)]
    for index, label in enumerate(look.labels):
        if keys[index]:
            evidence = gather([row[index] if index < len(row) else "" for row in rows])
            number = keys[index].removeprefix(label_key(label))  # the second column of the same label is label__2
            columns.append(Column(index, label + number, evidence, personal(label, evidence)))
    readings = {column.index: words.meanings(column.label) for column in columns}
    tried = []
    for entity in entities().values():
        if entity.name not in TWINS and (entity.name not in EMPLOYEE_ENTITIES or wanted == entity.name):
            found = _assign(entity, columns, readings)
            tried.append((_score(entity, found, readings), entity, found))
    tried.sort(key=lambda item: (-item[0], item[1].name))
    scores = [(entity.name, round(score, 2)) for score, entity, _ in tried if score > 0]
    for score, entity, found in tried:
        if wanted == entity.name or (wanted is None and score >= MIN_SCORE and len(found) >= 2):
            for column in columns:
                column.meaning = found.get(column.index)
                column.rivals = _rivals(entity, column, readings[column.index], set(found.values()))
            return Guess(entity, _named(columns), scores)
    return Guess(None, _named(columns), scores)


def _assign(entity: Entity, columns: list[Column], readings: dict[int, list[Meaning]]) -> dict[int, Meaning]:
    """Column index -> meaning, each canonical column once, the surest first."""
    core = CORE.get(entity.name, ())
    offers = [
        (-meaning.confidence - CORE_BONUS * (meaning.column in core), column.index, meaning)
        for column in columns
        for meaning in readings[column.index]
        if meaning.entity == entity.name and _fits(entity, column, meaning)
    ]
    found: dict[int, Meaning] = {}
    taken: set[tuple[str, str]] = set()
    for _, index, meaning in sorted(offers, key=lambda offer: offer[:2]):
        place = (meaning.column, meaning.metric)
        if index not in found and place not in taken:
            found[index] = meaning
            taken.add(place)
    return found


def _rivals(entity: Entity, column: Column, readings: list[Meaning], taken: set[Meaning]) -> list[str]:
    """Other columns of the entity that the label could as well be, unless they have a label of their own."""
    if column.meaning is None:
        return []
    used = {(meaning.column, meaning.metric) for meaning in taken}
    return [
        meaning.metric or meaning.column
        for meaning in readings
        if meaning.entity == entity.name and meaning.confidence >= column.meaning.confidence
        and (meaning.column, meaning.metric) not in used and _fits(entity, column, meaning)
    ]  # fmt: skip


def is_total(row: list[str]) -> bool:
    """True if the first filled cell is a word for a total."""
    first = next((plain(cell) for cell in row if cell.strip()), "")
    return first.casefold().strip(" :") in TOTALS


def entity_column(entity: Entity, name: str) -> EntityColumn | None:
    """The column of the entity or of its period twin."""
    twin = entities().get(entity.period_twin or "")
    return entity.column(name) or (twin.column(name) if twin else None)


def _fits(entity: Entity, column: Column, meaning: Meaning) -> bool:
    """True if the cells look like the type of the canonical column, and a person's data goes only into a hash."""
    is_staff = entity.name in EMPLOYEE_ENTITIES and column.personal == "name"
    if column.personal and not is_staff and not meaning.column.endswith("_hash") and meaning.column not in EMPLOYEES:
        return False
    if meaning.column.endswith("_hash"):
        return column.personal in ("email", "phone") or not column.evidence.filled
    known = entity_column(entity, meaning.column)
    if known is None or not column.evidence.filled:
        return True
    evidence = column.evidence
    if known.type in ("decimal", "precise", "integer") and evidence.share(evidence.numbers) < 0.8:
        return False
    return evidence.kind in _FITS[known.type]


def _score(entity: Entity, found: dict[int, Meaning], readings: dict[int, list[Meaning]]) -> float:
    """Confidence of each meaning, shared among the entities that have one; less without a time or a key."""
    score = 0.0
    for index, meaning in found.items():
        rivals = {other.entity for other in readings[index] if other.confidence >= meaning.confidence - 0.3}
        score += meaning.confidence / max(1, len(rivals)) ** 0.5
    names = {meaning.column for meaning in found.values()}
    if any(entity.column(name) for name in TIMES) and not names.intersection(TIMES):
        score *= 0.85 if entity.period_twin else 0.6  # sums of a period need no column of days
    if entity.name == "social_posts" and not names.intersection(("post_id", "permalink")):
        score *= 0.6
    if len(entity.key) == 1 and entity.key[0] not in names and not entity.column("campaign_name"):
        score *= 0.8
    if entity.name == "social_daily" and not any(meaning.metric for meaning in found.values()):
        return 0.0
    if entity.channel == "plans":
        score *= 0.7  # plans are written for the warehouse, with its own column names
    return score


def _named(columns: list[Column]) -> list[Column]:
    """Give every column that will be declared a field name of its own."""
    taken: set[str] = set()
    for column in columns:
        if column.meaning:
            name = column.meaning.metric or column.column
        elif column.personal:
            name = "personal_" + (re.sub(r"[^a-z0-9]+", "_", column.label.lower()).strip("_") or str(column.index + 1))
        else:
            continue
        while name in taken:
            name += "_2"
        taken.add(name)
        column.name = name
    return columns


def currency_of(found: Guess, look: Look) -> tuple[str | None, str]:
    """Currency of the money columns, and where it was found: column, label, cells, lines above; empty if nowhere."""
    if found.get("currency"):
        return None, "column"
    money = [column for column in found.mapped if column.column in MONEY]
    for column in money:
        if code := currency_in(column.label)[0]:
            return code, "label"
    for column in money:
        for code, count in column.evidence.symbols.items():
            if column.evidence.share(count) > 0.9:
                return code, "cells"
    for line in look.above:
        if match := re.search(r"(?i:currency|währung|devise|moneda|valuta)\W+([A-Z]{3})\b", line):
            return match[1], "above"
    return None, "" if money else "no money"


def known_levels(contracts: Iterable[Contract], entity: str) -> dict[str, tuple[str | None, bool]]:
    """Column -> level and whether it is a breakdown, as the contracts of the entity declare it."""
    found: dict[str, tuple[str | None, bool]] = {}
    for contract in contracts:
        if any(output.entity == entity for output in contract.outputs):
            for name, spec in contract.fields.items():
                if spec.level or spec.dimension:
                    found.setdefault(name, (spec.level, spec.dimension))
    return found
