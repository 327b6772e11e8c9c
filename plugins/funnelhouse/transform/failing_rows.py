"""What the rows of a failed data test say: which column, rate or reference failed, not only which test."""

from __future__ import annotations

from pathlib import Path

import duckdb

from funnelhouse.settings import Settings

MOST_PROBLEMS = 5
"""Problems told of one test; the compiled SQL shows the others."""


def problems(settings: Settings, compiled: Path) -> list[str]:
    """The problems that a test's compiled SQL finds in the build file, most frequent first, each with one example.

    Empty for a test that has no column `problem`, or where the SQL cannot run: the failure itself is told by dbt.
    """
    try:
        query = compiled.read_text(encoding="utf-8")
        with duckdb.connect(str(settings.build_file), read_only=True) as connection:
            rows = connection.execute(
                f"select problem, rows_found, example from ({query}\n) order by rows_found desc, problem"
            ).fetchall()
    except (OSError, duckdb.Error):
        return []
    told = [f"{problem} ({count} found, e.g. {example})" for problem, count, example in rows[:MOST_PROBLEMS]]
    if len(rows) > MOST_PROBLEMS:
        told.append(f"and {len(rows) - MOST_PROBLEMS} other problems")
    return told
