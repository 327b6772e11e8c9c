"""What the published version says in a few lines: for the end of a run, `funnelhouse status` and messages."""

from __future__ import annotations

from decimal import Decimal
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
}
"""Titles and queries, in the order they are shown; the functions are models of `dbt_project/models/marts/functions`."""


def published_summary(settings: Settings) -> dict[str, Any]:
    """Lists of rows by section title, then facts of the version (`as_of`, `published_file`, ...), for people.

    A section whose function is not published is an empty list. Money is in the reporting currency, unrounded sums are
    rounded to two decimals. Raises NothingPublished.
    """
    with reader.connect(settings) as connection:
        summary: dict[str, Any] = {name: _rows(connection, sql) for name, sql in SECTIONS.items()}
    manifest = current_manifest(settings)
    if manifest is None:
        raise NothingPublished("The published version was removed meanwhile; try again.")
    summary.update(
        as_of=manifest["as_of"],
        reporting_currency=manifest["reporting_currency"],
        checks=_checks(manifest["gate"]),
        version=manifest["version"],
        published_file=str(settings.published_file),
    )
    return summary


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    try:
        cursor = connection.execute(sql)
    except (duckdb.CatalogException, duckdb.BinderException):
        return []  # the function is not part of this version
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, map(_shown, row), strict=True)) for row in cursor.fetchall()]


def _shown(value: Any) -> Any:
    """Sums of integers come as wide numbers and cells of files as strangers' text: both made harmless."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Decimal | float):
        return round(Decimal(str(value)), 2)
    return value


def _checks(gate: dict[str, Any]) -> str:
    broken = len(gate["broken"])
    if gate["status"] == "warn":
        return f"{gate['checks']} checks, {broken} broken: see reports/checks-raw.html and checks-marts.html"
    return f"{gate['checks']} checks, all critical ones and warnings passed" if gate["checks"] else str(gate["status"])
