"""Whether two relations hold the same rows, as multisets: what Spark made of a model against what DuckDB made of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb

Relation = duckdb.DuckDBPyRelation

OWN_TO_A_BUILD = {
    "int_attribution_credit": {"signature"},
    "int_lookup_version": {"after_build", "content"},
}
"""Columns by model that hold hashes of rows, which each engine has its own of, or the number of the build."""

RELATIVE, ABSOLUTE = 1e-9, 1e-12


def differences(expected: Relation | Path, actual: Relation | Path, *, ignored: Collection[str] = ()) -> list[str]:
    """In words, what is different: columns, kinds of types, rows with an example. Empty if nothing is.

    Both are relations of one connection, or Parquet (a file, or a folder as Spark writes it). Decimals, days and texts
    have to be equal, doubles up to 1e-9 of themselves or 1e-12; NULL equals NULL only. `ignored` columns do not count.
    """
    expected, actual = _relations(expected, actual)
    ours = {name.lower(): str(kind) for name, kind in zip(expected.columns, expected.types, strict=True)}
    theirs = {name.lower(): str(kind) for name, kind in zip(actual.columns, actual.types, strict=True)}
    found = [f"column {name} is missing" for name in ours if name not in theirs]
    found += [f"column {name} is not expected" for name in theirs if name not in ours]
    names = [name for name in ours if name in theirs and name not in ignored]
    for name in names:
        if _family(ours[name]) != _family(theirs[name]):
            found.append(f"column {name} is {theirs[name]}, not {ours[name]}")
    if found or not names:
        return found
    return _different_rows(expected, actual, names, [ours[name] == "DOUBLE" for name in names])


def other_types(expected: Relation | Path, actual: Relation | Path) -> list[str]:
    """Columns with values of one kind whose types are not the same: INTEGER for BIGINT, other digits of a decimal."""
    expected, actual = _relations(expected, actual)
    theirs = {name.lower(): str(kind) for name, kind in zip(actual.columns, actual.types, strict=True)}
    return [
        f"{name} {theirs[name.lower()]} for {kind}"
        for name, kind in zip(expected.columns, map(str, expected.types), strict=True)
        if theirs.get(name.lower(), kind) != kind.replace("HUGEINT", "DECIMAL(38,0)")
    ]


def _relations(expected: Relation | Path, actual: Relation | Path) -> tuple[Relation, Relation]:
    connected = next((one for one in (expected, actual) if isinstance(one, Relation)), None)
    return _relation(expected, connected), _relation(actual, connected)


def _relation(one: Relation | Path, connected: Relation | None) -> Relation:
    if isinstance(one, Relation):
        return one
    pattern = f"{one}/*.parquet" if one.is_dir() else str(one)
    query = f"select * from read_parquet('{pattern}')"
    return connected.query("of_its_connection", query) if connected is not None else duckdb.sql(query)


def _family(kind: str) -> str:
    """What kind of values a type holds, whatever its size."""
    if kind.endswith("[]"):
        return _family(kind[:-2]) + "[]"
    if kind.startswith("DECIMAL"):
        return "integer" if kind.endswith(",0)") else "decimal"
    if kind.startswith("STRUCT"):
        return "struct"
    return "integer" if "INT" in kind and kind != "INTERVAL" else kind


def _different_rows(expected: Relation, actual: Relation, names: list[str], doubles: list[bool]) -> list[str]:
    columns = ", ".join(f'"{name}"' for name in names)
    ours, theirs = expected.project(columns), actual.project(columns)
    # Nearly all rows are equal to the last digit: the engine takes them away, the rest is looked at here.
    only_ours, only_theirs = ours.except_(theirs).fetchall(), theirs.except_(ours).fetchall()
    only_ours, only_theirs = _unmatched(only_ours, only_theirs, doubles)
    if not only_ours and not only_theirs:
        return []
    found = [f"{len(only_ours)} rows are missing, {len(only_theirs)} are not expected"]
    nearest = _nearest(only_ours[0], only_theirs) if only_ours else None
    if nearest is not None:
        pairs = [
            f"{name}: {mine!r} became {other!r}"
            for name, mine, other in zip(names, only_ours[0], nearest, strict=True)
            if not _equal(mine, other)
        ]
        key = ", ".join(f"{name} {value!r}" for name, value in list(zip(names, only_ours[0], strict=True))[:4])
        found.append(f"for example ({key}): {'; '.join(pairs)}")
    else:
        found.append(f"for example {dict(zip(names, (only_ours or only_theirs)[0], strict=True))!r}")
    return found


def _unmatched(
    ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]], doubles: list[bool]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Rows that have no partner on the other side: equal but for the last digits of doubles."""
    waiting: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in theirs:
        waiting[_exact_part(row, doubles)].append(row)
    alone = []
    for row in ours:
        candidates = waiting[_exact_part(row, doubles)]
        place = next((at for at, one in enumerate(candidates) if all(map(_equal, row, one))), None)
        if place is None:
            alone.append(row)
        else:
            candidates.pop(place)
    return alone, [row for rows in waiting.values() for row in rows]


def _exact_part(row: tuple[Any, ...], doubles: list[bool]) -> str:
    return repr([value for value, is_double in zip(row, doubles, strict=True) if not is_double])


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, float) and isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE) or (math.isnan(a) and math.isnan(b))
    return bool(a == b)


def _nearest(row: tuple[Any, ...], others: list[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """The row that has the most values in common."""
    if not others:
        return None
    common = Counter({place: sum(map(_equal, row, other)) for place, other in enumerate(others[:2000])})
    return others[common.most_common(1)[0][0]]
