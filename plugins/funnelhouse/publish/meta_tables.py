"""Schema `meta` of a published file: what the numbers beside it are, how good they are and where they came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import yaml

from funnelhouse.publish.audit import NOT_CHECKED, Audit
from funnelhouse.publish.dictionary import DICTIONARY_COLUMNS
from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.functions import TableFunction
from funnelhouse.publish.tables import PublishedTable
from funnelhouse.settings import REPOSITORY
from funnelhouse.sql import sql_name, sql_text

COLUMNS: dict[str, dict[str, str]] = {
    "mart_status": {
        "mart": "VARCHAR", "schema_hash": "VARCHAR", "row_count": "BIGINT", "row_count_prev": "BIGINT",
        "data_as_of": "DATE", "built_at": "TIMESTAMP", "dq_status": "VARCHAR", "checks_passed": "INTEGER",
        "checks_failed": "INTEGER", "worst_check": "VARCHAR", "worst_check_why": "VARCHAR", "version": "VARCHAR",
    },
    "data_dictionary": DICTIONARY_COLUMNS,
    "publish_log": {
        "event": "VARCHAR", "happened_at": "TIMESTAMP", "version": "VARCHAR", "previous_version": "VARCHAR",
        "data_as_of": "DATE", "row_count": "BIGINT", "content_hash": "VARCHAR", "gate_status": "VARCHAR",
        "storage_version": "VARCHAR", "writer_duckdb_version": "VARCHAR", "code_version": "VARCHAR",
        "dbt_invocation_id": "VARCHAR",
    },
    "changelog": {
        "released_on": "DATE", "object_name": "VARCHAR", "change_kind": "VARCHAR", "description": "VARCHAR",
        "migration_note": "VARCHAR",
    },
    "lineage": {
        "schema_name": "VARCHAR", "object_name": "VARCHAR", "parent_schema": "VARCHAR", "parent_name": "VARCHAR",
    },
    "check_result": {
        "boundary": "VARCHAR", "suite": "VARCHAR", "table_name": "VARCHAR", "check_name": "VARCHAR",
        "description": "VARCHAR", "severity": "VARCHAR", "why": "VARCHAR", "outcome": "VARCHAR",
        "rows_checked": "BIGINT", "rows_failed": "BIGINT", "observed": "VARCHAR", "checked_at": "TIMESTAMP",
    },
}  # fmt: skip
"""Tables and columns of `meta`. `dq_status` is pass, warn or `not checked`; critical failures are never published."""

TABLE_COMMENTS = {
    "mart_status": "One row per published mart: rows, day of the data, and what the checks say.",
    "data_dictionary": "One row per published table and column: meaning, unit, formula, grain.",
    "publish_log": "Every publish and rollback up to this version, oldest first.",
    "changelog": "What changed in the published tables and what a user of them has to do.",
    "lineage": "One row per table of the build and table it is made from, from the raw entities to the marts.",
    "check_result": "Every check of the run that this version passed.",
}

SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Facts:
    """What the meta tables say about the version itself."""

    version: str
    created_at: datetime
    as_of: date
    audit: Audit
    tables: list[PublishedTable]
    functions: list[TableFunction]
    previous_rows: dict[str, int]
    log: list[dict[str, Any]]
    dictionary: list[tuple[Any, ...]]
    changelog: list[dict[str, Any]]
    lineage: list[tuple[str, str, str, str]]


def write_meta(connection: duckdb.DuckDBPyConnection, catalog: str, facts: Facts) -> None:
    """Create schema `meta` in `catalog` and fill it."""
    connection.execute(f"create schema {sql_name(catalog)}.meta")
    rows = {
        "mart_status": [_status_row(facts, table) for table in facts.tables],
        "data_dictionary": facts.dictionary,
        "publish_log": [tuple(event.get(name) for name in COLUMNS["publish_log"]) for event in facts.log],
        "changelog": [tuple(entry.get(name) for name in COLUMNS["changelog"]) for entry in facts.changelog],
        "lineage": facts.lineage,
        "check_result": [_check_row(facts, check) for check in facts.audit.checks],
    }
    for table, columns in COLUMNS.items():
        name = f"{sql_name(catalog)}.meta.{sql_name(table)}"
        connection.execute(f"create table {name} ({', '.join(f'{sql_name(c)} {t}' for c, t in columns.items())})")
        connection.execute(f"comment on table {name} is {sql_text(TABLE_COMMENTS[table])}")
        if rows[table]:
            # A list per column: row by row would plan the insert for each of some thousand rows.
            values = [list(column) for column in zip(*rows[table], strict=True)]
            unnested = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
            connection.execute(f"insert into {name} select {unnested}", values)


def describe_tables(connection: duckdb.DuckDBPyConnection, catalog: str, dictionary: list[tuple[Any, ...]]) -> None:
    """Put the dictionary's descriptions on the published tables and columns, where BI tools show them."""
    statements: dict[str, list[str]] = {}
    for schema, table, column, _, _, _, description, *_ in dictionary:
        if description:
            target = f"{sql_name(catalog)}.{sql_name(schema)}.{sql_name(table)}"
            kind, named = ("column", f"{target}.{sql_name(column)}") if column else ("table", target)
            statements.setdefault(target, []).append(f"comment on {kind} {named} is {sql_text(description)}")
    connection.begin()
    for comments in statements.values():
        connection.execute(";".join(comments))
    connection.commit()


def read_changelog() -> list[dict[str, Any]]:
    """Entries of `docs/changelog_marts.yml`, newest first as written. Raises PublishRefused for an unusable file."""
    path = REPOSITORY / "docs" / "changelog_marts.yml"
    if not path.exists():
        return []
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        return [{name: entry.get(name) for name in COLUMNS["changelog"]} for entry in entries]
    except (yaml.YAMLError, AttributeError, TypeError) as error:
        raise PublishRefused(f"{path} must be a list of {', '.join(COLUMNS['changelog'])}: {error}") from error


def _status_row(facts: Facts, table: PublishedTable) -> tuple[Any, ...]:
    checks = facts.audit.of_table(f"{table.schema}.{table.name}")
    broken = sorted(
        (check for check in checks if check["outcome"] in ("failed", "raised")),
        key=lambda check: (SEVERITY_ORDER[check["severity"]], check["check"]),
    )
    status = "warn" if any(check["severity"] == "warning" for check in broken) else "pass"
    if facts.audit.status == NOT_CHECKED:
        status = NOT_CHECKED
    return (
        table.name, table.schema_hash, table.rows, facts.previous_rows.get(table.name), facts.as_of, facts.created_at,
        status, sum(check["outcome"] == "passed" for check in checks), len(broken),
        broken[0]["check"] if broken else None, broken[0]["why"] if broken else None, facts.version,
    )  # fmt: skip


def _check_row(facts: Facts, check: dict[str, Any]) -> tuple[Any, ...]:
    return (
        check["boundary"], check["suite"], check["table"], check["check"], check["description"], check["severity"],
        check["why"], check["outcome"], check["rows_checked"], check["rows_failed"], check["observed"] or None,
        (facts.audit.checked_at or "").replace("+00:00", "") or None,
    )  # fmt: skip
