"""What the rows of a failed data test say: which model, column, rate or reference failed, not only which test."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from funnelhouse.settings import Settings

MOST_PROBLEMS = 10
"""Problems of one test that a message shows; the compiled SQL shows the others."""


def problems(settings: Settings, compiled: Path) -> list[str]:
    """The problems that a test's compiled SQL finds in the build file, each with one example row.

    A test of several models (column `model`) names the model of each problem, and the most frequent problem of every
    model comes before the second of any, so that no model hides another. Empty for a test that has no column `problem`,
    or where the SQL cannot run: dbt itself reports the failure.
    """
    try:
        query = compiled.read_text(encoding="utf-8")
        with duckdb.connect(str(settings.build_file), read_only=True) as connection:
            found = connection.execute(
                f"select columns('^(model|problem|rows_found|example)$') from ({query}\n) "
                "order by rows_found desc, problem"
            )
            names = [column[0] for column in found.description]
            rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except (OSError, duckdb.Error):
        return []
    seen: Counter[str] = Counter()
    for row in rows:
        row["of"] = f"{row['model']}: " if "model" in row else ""
        row["rank"] = seen[row["of"]]
        seen[row["of"]] += 1
    rows.sort(key=lambda row: int(row["rank"]))
    described = [
        f"{row['of']}{row['problem']} ({row['rows_found']} found, e.g. {row['example']})"
        for row in rows[:MOST_PROBLEMS]
    ]
    if others := rows[MOST_PROBLEMS:]:
        models = sorted({row["model"] for row in others if "model" in row})
        described.append(f"and {len(others)} other problems" + (f" in {', '.join(models)}" if models else ""))
    return described
