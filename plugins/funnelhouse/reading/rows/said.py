"""What is read in a way that a person should know of: notes of a table, which stop nothing."""

from __future__ import annotations

import mmap
from datetime import date, timedelta
from pathlib import Path

import duckdb

from funnelhouse.contracts.entities import entities
from funnelhouse.reading.rows.loaded import Loaded
from funnelhouse.reading.rows.typed_rows import Plan
from funnelhouse.reading.tables.recognition import Binding
from funnelhouse.sql import sql_text
from funnelhouse.text import label_key

_NUMBERS = {"integer", "decimal", "precise", "rate"}
_COUNTED = ("ads", "email", "social", "web")
"""Channels whose rows say what has happened. Plans and open deals are about days to come."""


def doubled_labels(binding: Binding) -> list[str]:
    """A note for each label that stands over several columns of which a field takes one."""
    places: dict[str, list[int]] = {}
    for index, label in enumerate(binding.labels):
        if key := label_key(label):
            places.setdefault(key, []).append(index)
    used = {index: name for name, index in binding.columns.items()}
    notes = []
    for same in places.values():
        taken = [index for index in same if index in used]
        if len(same) > 1 and len(taken) == 1:
            listed = ", ".join(str(index + 1) for index in same)
            label, winner = binding.labels[taken[0]].strip(), taken[0] + 1
            notes.append(
                f"the header {label!r} stands over columns {listed}: column {winner} is read as {used[taken[0]]}, the "
                "others are kept in extra"
            )
    return notes


def not_a_number(
    connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, path: Path, delimiter: str
) -> list[str]:  # fmt: skip
    """A note on cells that say NaN where numbers stand. `path` is the text that `relation` reads."""
    if not _may_hold_nan(path, delimiter):
        return []
    names = [name for name in plan.binding.columns if plan.contract.field_type(name) in _NUMBERS]
    if not names:
        return []
    counts = ", ".join(f"count(*) filter (lower(fh_trim({plan.cell(name)})) = 'nan')" for name in names)
    found = connection.execute(f"select {counts} from {relation}").fetchone() or ()
    listed = ", ".join(f"{name} {count:,}" for name, count in zip(names, found, strict=True) if count)
    return [f"cells that say NaN are read as empty: {listed}"] if listed else []


def _may_hold_nan(path: Path, delimiter: str) -> bool:
    """A look at the bytes: a scan for two words costs next to nothing, a query over a big file does not."""
    if not path.exists() or not path.stat().st_size:
        return False
    before = {mark.encode() for mark in (delimiter, '"', " ")}
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
        words = [b"NaN", b"NAN", *(mark + b"nan" for mark in before)]
        return any(content.find(word) >= 0 for word in words)


def after_the_export(connection: duckdb.DuckDBPyConnection, plan: Plan, result: Loaded) -> list[str]:
    """A note on rows of days that had not come when the file was exported; a day more for time zones."""
    newest, exported = result.period[1], date.fromisoformat(result.exported_at[:10])
    last = exported + timedelta(days=1)
    if plan.contract.kind_channel not in _COUNTED or newest is None or date.fromisoformat(newest) <= last:
        return []
    rows = 0
    for part in result.parts:
        if entities()[part.entity].column("date") is not None and "date" not in part.absent:
            source = f"read_parquet({sql_text(str(part.path))})"
            found = connection.execute(f"select count(*) from {source} where date > date '{last}'").fetchone()
            rows += found[0] if found else 0
    if not rows:
        return []
    counted = "1 row is" if rows == 1 else f"{rows:,} rows are"
    return [
        f"{counted} dated after the export of {exported} (up to {newest}): each counts on its day; if the "
        "dates are wrong, correct them or say `exported_at` in a _manifest.yml"
    ]
