"""What must hold for every file, and for a file that was only dressed otherwise."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any

from funnelhouse.contracts.entities import entities, lineage_columns
from funnelhouse.contracts.reasons import REASONS
from funnelhouse.masks import MASK, PHONE_MASK
from tests.fuzz.driver import Seen, SeenTable

OUTCOMES = {"loaded", "loaded_with_rejects", "empty_report", "refused"}
_LINEAGE = {column.name for column in lineage_columns()} - {"source", "account_id"}
_NUMBER = re.compile(r"(?:\d|[.,](?=\d))[\d.,'’\u00a0\u202f\u2009\t ]*(?:[eE][-+]?\d+)?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:\.\d+)?)")
_MASKED = re.compile("|".join(map(re.escape, (MASK, PHONE_MASK))))
_FACTORS = (Decimal(1), Decimal("0.01"), Decimal(60), Decimal(3600), Decimal("0.001"))


def problems(seen: Seen) -> list[str]:
    """What is wrong with an outcome, whatever the file was."""
    found = list(seen.errors)
    if seen.errors:
        return found
    if seen.outcome not in OUTCOMES:
        found.append(f"no outcome: {seen.outcome!r}")
    if seen.outcome == "refused" and (seen.reason not in REASONS or len(seen.message) < 20):
        found.append(f"refused without a reason or advice: {seen.reason!r} {seen.message!r}")
    if seen.outcome.startswith("loaded") and not seen.tables:
        found.append("loaded without a table")
    if seen.tables and seen.recognised.startswith("refused"):
        found.append(f"loaded, but at the front door {seen.recognised}")
    for table in seen.tables:
        found += _counts(table)
        found += _invented(table)
    return found


def _counts(table: SeenTable) -> list[str]:
    found = list(table.miscounted)
    if table.rows_in != table.rows_loaded + table.rows_rejected + sum(table.dropped.values()):
        found.append(f"rows in {table.rows_in} are not loaded + rejected + dropped")
    rules = {"blank_rows", "other_table", *(rule.name for rule in table.contract.drop_rows)}
    if unnamed := set(table.dropped) - rules:
        found.append(f"rows dropped by no rule: {unnamed}")
    filled = sum(any(cell.strip() for cell in row) for row in table.source)
    if table.lines and not filled <= table.rows_in <= len(table.source):
        found.append(f"{filled} filled rows of {len(table.source)} in the text, {table.rows_in} rows in")
    if table.lines and table.dropped.get("blank_rows", 0) > len(table.source) - filled:
        found.append("more blank rows dropped than there are")
    outputs = table.contract.outputs
    plain = len(outputs) == 1 and not (outputs[0].unpivot or outputs[0].where or outputs[0].where_known)
    for name, rows in table.entities.items():
        if plain and len(rows) != table.rows_loaded:
            found.append(f"{name}: {len(rows)} rows written, {table.rows_loaded} loaded")
    if plain and table.rows_loaded and not table.entities:
        found.append("rows loaded and none written")
    return found


# --- nothing invented -------------------------------------------------------------------------------------------------


def _invented(table: SeenTable) -> list[str]:
    """Loaded values that no cell of their row says."""
    found: list[str] = []
    derived = _derived(table)
    memory: dict[int, tuple[set[Decimal], str]] = {}
    for name, rows in table.entities.items():
        kinds = {column.name: column.type for column in entities()[name].columns if column.name not in derived}
        for row in rows:
            place = row["_row_number"] - 1
            if not table.source or table.contract.reading.layout == "key_value":
                continue
            if place >= len(table.source):
                found.append(f"{name}: row {place + 1} is not in the file")
                continue
            if place not in memory:
                cells = table.source[place]
                memory[place] = (set(chain.from_iterable(map(readings, cells))), " ".join(cells))
            found += _row(name, row, kinds, *memory[place], table)
    return found[:5]


def _derived(table: SeenTable) -> set[str]:
    """Columns that are computed, mapped or constant."""
    found = {"extra", "breakdown", "level"}
    for output in table.contract.outputs:
        for name, expression in output.columns.items():
            spec = table.contract.fields.get(expression) if isinstance(expression, str) else None
            if spec is None or spec.values or spec.extract:
                found.add(name)
        for item in output.unpivot.fields if output.unpivot else []:
            found.update(item.set)
    found.update(name for name, spec in table.contract.fields.items() if spec.values or spec.extract)
    if table.contract.grain and any(segment.field in table.columns for segment in table.contract.grain.segments):
        found.update(("period_start", "period_end"))  # counted from the first day of the week or month
    return found


def _row(
    name: str, row: dict[str, Any], kinds: dict[str, str], said: set[Decimal], text: str, table: SeenTable
) -> list[str]:
    found = []
    for column, kind in kinds.items():
        value = row.get(column)  # a file leaves out what its export cannot fill
        if value is None:
            continue
        if kind in ("integer", "decimal", "precise", "rate"):
            if not _is_said(value, said, _is_scaled(column, kind, table)):
                found.append(f"{name}.{column} = {value} of row {row['_row_number']} is in no cell: {text[:200]!r}")
        elif kind in ("date", "timestamp"):
            around = " ".join([text, *table.facts.values(), *table.preamble, *table.notes])
            if not _is_dated(value, around, table):
                found.append(f"{name}.{column} = {value} of row {row['_row_number']} is in no cell: {text[:200]!r}")
        elif kind in ("text", "id") and isinstance(value, str) and column not in table.facts:
            found += _texts(name, column, value, text, table)
    return found


def _texts(name: str, column: str, value: str, text: str, table: SeenTable) -> list[str]:
    if column not in table.columns or table.contract.fields[column].pii == "hash":
        return []
    if all(part.strip() in text for part in _MASKED.split(value)):
        return []
    return [f"{name}.{column} = {value!r} is in no cell: {text[:200]!r}"]


def _is_scaled(column: str, kind: str, table: SeenTable) -> bool:
    """True if the column may be a percent or a duration in another unit."""
    names = [
        expression
        for output in table.contract.outputs
        for name, expression in (output.columns or {}).items()
        if name == column and isinstance(expression, str)
    ]
    specs = [table.contract.fields[name] for name in [*names, column] if name in table.contract.fields]
    return kind == "rate" or any(spec.unit for spec in specs)


def _is_said(value: Any, said: set[Decimal], is_scaled: bool) -> bool:
    number = abs(Decimal(str(value)))
    if not is_scaled:
        return any(abs(reading - number) <= max(Decimal("0.000001"), number * Decimal("1e-9")) for reading in said)
    return any(
        abs(reading * factor - number) <= max(Decimal("0.000001"), number * Decimal("1e-9"))
        or (factor != 1 and round(reading * factor) == number)
        for reading in said
        for factor in _FACTORS
    )


def _is_dated(value: date | datetime, text: str, table: SeenTable) -> bool:
    numbers = {int(digits[:18]) for digits in re.findall(r"\d+", text)}
    compact = {digits[start : start + 2] for digits in re.findall(r"\d{8,}", text) for start in (0, 2, 4, 6)}
    numbers |= {int(pair) for pair in compact if pair.isdigit()}
    if any(10**9 <= number < 10**14 for number in numbers):  # epochs
        return True
    if table.is_sheet and any(number > 30_000 for number in numbers):  # serials
        return True
    if table.contract.grain and table.contract.grain.day_offset_from_period_start:
        return True
    # A zone may move a time to the day before or after.
    days = [value] if not isinstance(value, datetime) else [value + timedelta(days=shift) for shift in (-1, 0, 1)]
    return any(day.day in numbers and (day.year in numbers or day.year % 100 in numbers) for day in days) or (
        any(spec.yearless for spec in table.contract.fields.values()) and value.day in numbers
    )


def readings(cell: str) -> set[Decimal]:
    """Every number that a person could read in a cell, in any locale, without its sign."""
    found: set[Decimal] = set()
    cell = re.sub("[\u200b\ufeff]", "", cell[:2_000])  # longer ones are damage, and hours for these patterns
    for match in _CLOCK.finditer(cell):
        seconds = int(match[1] or 0) * 3600 + int(match[2]) * 60 + Decimal(match[3])
        found.update({seconds, Decimal(round(seconds))})
    for match in _NUMBER.finditer(cell):
        text = re.sub(r"['’\s]", "", match[0])
        texts = {text.replace(",", ""), text.replace(".", "").replace(",", "."), re.sub("[.,]", "", text)}
        if "," in text or "." in text:
            last = max(text.rfind(","), text.rfind("."))
            texts.add(re.sub("[.,]", "", text[:last]) + "." + text[last + 1 :])
        for reading in texts:
            try:
                value = Decimal(reading.rstrip(".") or "x")
            except InvalidOperation:
                continue
            if value.is_finite() and abs(value.adjusted()) < 15:
                found.update({value, round(value, 6), round(value, 12)})
            elif value.is_finite():
                found.add(value)
    return found


# --- the same table in another dress ----------------------------------------------------------------------------------


def facts_of(seen: Seen) -> list[tuple[Any, ...]]:
    """Everything about the loaded tables that a dress must not change."""
    found: list[tuple[Any, ...]] = []
    for table in seen.tables:
        counts = (table.rows_loaded, table.rows_rejected)
        for name, rows in sorted(table.entities.items()):
            found.append((table.contract.contract, counts, table.period, table.scope, name, _canonical(rows)))
        if not table.entities:
            found.append((table.contract.contract, counts))
    return found


def _canonical(rows: list[dict[str, Any]]) -> Counter[tuple[tuple[str, Any], ...]]:
    kept = Counter()
    for row in rows:
        kept[
            tuple(
                (name, str(value) if isinstance(value, float) else value)
                for name, value in sorted(row.items())
                if name not in _LINEAGE and name != "extra"
            )
        ] += 1
    return kept


def differences(before: Seen, after: Seen) -> list[str]:
    """What a dress changed although it must not."""
    if (before.outcome, before.reason) != (after.outcome, after.reason):
        return [f"outcome {before.outcome}/{before.reason} became {after.outcome}/{after.reason}: {after.message}"]
    first, second = facts_of(before), facts_of(after)
    if first == second:
        return []
    for one, other in zip(first, second, strict=False):
        if one[:-1] != other[:-1]:
            return [f"{one[:-1]} became {other[:-1]}"]
        if one[-1] != other[-1]:
            lost, new = next(iter((one[-1] - other[-1]).items()), None), next(iter((other[-1] - one[-1]).items()), None)
            if lost and new:
                changed = [(a, b) for a, b in zip(lost[0], new[0], strict=True) if a != b]
                return [f"{one[4]}: cells changed: {changed[:4]}"]
            return [f"{one[4]}: row lost {lost}, row new {new}"]
    return [f"{len(first)} tables became {len(second)}"]
