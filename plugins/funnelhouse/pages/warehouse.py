"""What pages read: one published version, its marts and what is said about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import duckdb

from funnelhouse.publish.audit import gate_results
from funnelhouse.settings import Settings

STALE_DAYS = 7
"""A source whose newest data are older than this, by the reporting date, is stale."""


@dataclass(frozen=True)
class Trouble:
    """Something to know before reading a page: `grade` is fail or warn."""

    grade: str
    what: str
    why: str
    mart: str = ""
    count: int = 1


class Warehouse:
    """One published version. Rows come as dictionaries, in the order the query gives."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
        self._connection = connection
        self._described: dict[str, dict[str, dict[str, Any]]] = {}
        self.settings = settings

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """All rows of a query; values are bound, never written into it."""
        result = self._connection.execute(sql, values or None)
        columns = [column[0] for column in result.description]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]

    def row(self, sql: str, **values: Any) -> dict[str, Any]:
        """The first row; empty if there is none."""
        return next(iter(self.rows(sql, **values)), {})

    @cached_property
    def tables(self) -> set[str]:
        """Names of the marts this version has."""
        return {row["mart"] for row in self.rows("select mart from meta.mart_status")}

    @cached_property
    def version(self) -> dict[str, Any]:
        """Version, when it was published, reporting date and what the gate said."""
        return self.row(
            """select version, happened_at, data_as_of, gate_status, code_version from meta.publish_log
            order by happened_at desc, version desc limit 1"""
        )

    @property
    def as_of(self) -> date:
        """The reporting date."""
        day: date = self.version["data_as_of"]
        return day

    @property
    def published_at(self) -> datetime:
        """When this version was published, UTC."""
        moment: datetime = self.version["happened_at"]
        return moment

    def troubles(self, marts: Iterable[str]) -> list[Trouble]:
        """What is wrong with these marts: broken checks, files that do not count, sources that stopped."""
        named = sorted(set(marts))
        found = [
            Trouble(
                "fail" if row["severity"] == "critical" else "warn",
                row["description"], row["why"], row["table_name"].removeprefix("marts."), row["rows_failed"] or 0,
            )
            for row in self.rows(
                """select severity, description, why, table_name, rows_failed from meta.check_result
                where outcome in ('failed', 'raised') and severity <> 'info'
                    and table_name in (select 'marts.' || unnest($marts))
                order by severity, table_name, description""",
                marts=named,
            )
        ]  # fmt: skip
        return found

    @cached_property
    def stale(self) -> list[dict[str, Any]]:
        """Sources without data for more than a week before the reporting date, the oldest first."""
        if "mart_source_freshness" not in self.tables:
            return []
        return self.rows(
            """select source || coalesce(' ' || account_id, '') as what, last_data_on, days_behind
            from marts.mart_source_freshness where days_behind > $days order by days_behind desc, what""",
            days=STALE_DAYS,
        )

    @cached_property
    def suspended(self) -> list[dict[str, Any]]:
        """Files that were loaded and do not count, with the reason."""
        if "mart_file_outcome" not in self.tables:
            return []
        return self.rows(
            """select file_name, standing_reason from marts.mart_file_outcome
            where standing = 'suspended' order by file_name"""
        )

    @cached_property
    def refused(self) -> int:
        """How many files were refused."""
        if "mart_file_outcome" not in self.tables:
            return 0
        return int(self.row("select count(*) as files from marts.mart_file_outcome where outcome = 'refused'")["files"])

    @cached_property
    def refused_build(self) -> str | None:
        """When the gate refused a build that is newer than this version (UTC, ISO 8601); None if it did not."""
        for boundary in ("raw", "marts"):
            said = gate_results(self.settings, boundary)
            if said and said["status"] == "fail" and said["started_at"][:19] > self.published_at.isoformat()[:19]:
                return str(said["started_at"])
        return None

    def described(self, mart: str) -> dict[str, dict[str, Any]]:
        """What the dictionary says of a mart's columns, by name."""
        if mart not in self._described:
            self._described[mart] = self._dictionary(mart)
        return self._described[mart]

    def _dictionary(self, mart: str) -> dict[str, dict[str, Any]]:
        return {
            row["column_name"]: row
            for row in self.rows(
                """select column_name, label, description, formula, unit, requirements from meta.data_dictionary
                where object_name = $mart and column_name is not null""",
                mart=mart,
            )
        }
