"""What the published version says in a few lines: for the end of a run, `funnelhouse status` and messages."""

from __future__ import annotations

from typing import Any

import duckdb

from funnelhouse.publish import reader
from funnelhouse.publish.errors import NothingPublished
from funnelhouse.quality.evidence import harmless
from funnelhouse.settings import Settings
from funnelhouse.store.versions import current_manifest

WINDOW_DAYS = 30
"""Length of the recent window, ending with the reporting date."""
EVER_DAYS = 1_000_000
"""A window that holds every day there is."""

SECTIONS = {
    f"channels, last {WINDOW_DAYS} days": f"select * from marts.channel_summary({WINDOW_DAYS})",
    "channels, to date": f"select * from marts.channel_summary({EVER_DAYS})",
    "funnel": f"""
        select * rename (entered_recently as entered_{WINDOW_DAYS}_days) from marts.funnel_summary({WINDOW_DAYS})
    """,
    "goals": "select * from marts.goal_summary()",
    "files": "select * from marts.file_summary()",
    "refused files": "select * from marts.refused_files()",
    "suspended files": """
        select file_name as file, standing, standing_reason as message from marts.mart_file_outcome
        where standing in ('suspended', 'withdrawn') order by standing, file_name
    """,
    "rows kept aside": """
        select entity as kind, source, reason, row_count from marts.mart_exclusion_log
        where excluded_by = 'check of the row' order by row_count desc, kind, reason
    """,
    "unknown values": """
        select field, source, value, row_count, what_to_do from marts.mart_unknown_value
        order by row_count desc, field, source, value
    """,
}
"""Titles and queries, in the order they are shown; the functions are models of `dbt_project/models/marts/functions`."""

BROKEN_CHECKS = """
    select severity, description, table_name, rows_failed, why
    from meta.check_result
    where outcome in ('failed', 'raised')
    order by list_position(['critical', 'warning', 'info'], severity), table_name, check_name
"""


def published_summary(settings: Settings) -> dict[str, Any]:
    """Lists of rows by section title, `broken checks` among them, then facts of the version (`as_of`, `checks`, ...).

    A section whose function is not published is an empty list. Money is in the reporting currency; rates are shares,
    except columns that end in `_percent`. `checks` is how many checks ran. Raises NothingPublished.
    """
    with reader.connect(settings) as connection:
        summary: dict[str, Any] = {name: _rows(connection, sql) for name, sql in SECTIONS.items()}
        summary["broken checks"] = _rows(connection, BROKEN_CHECKS)
    manifest = current_manifest(settings)
    if manifest is None:
        raise NothingPublished("The published version was removed meanwhile; try again.")
    summary.update(
        as_of=manifest["as_of"],
        reporting_currency=manifest["reporting_currency"],
        checks=manifest["gate"]["checks"],
        version=manifest["version"],
        published_file=str(settings.published_file),
    )
    return summary


def unknown_values(settings: Settings) -> list[dict[str, Any]]:
    """Words that no rule of the published version knows, each with what to do; none where nothing is published."""
    try:
        with reader.connect(settings) as connection:
            return _rows(connection, SECTIONS["unknown values"])
    except NothingPublished:
        return []


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    try:
        cursor = connection.execute(sql)
    except (duckdb.CatalogException, duckdb.BinderException):
        return []  # the function is not part of this version
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, map(_harmless, row), strict=True)) for row in cursor.fetchall()]


def _harmless(value: Any) -> Any:
    """Cells of files are strangers' text, which a terminal could obey."""
    return harmless(value, 500) if isinstance(value, str) else value
