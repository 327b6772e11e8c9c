"""The gate: every suite of a boundary against the build file, and a clear no when something critical is broken.

`check` has closed the build file when it returns or raises, so that dbt can write next. At the raw boundary it keeps
aside the rows that fail a check of size row: models then read the tables without them.
Row checks pass on an empty table; therefore missing data has outcomes of its own ("not loaded", "no rows"), a raw table
must have exactly the rows its lineage claims, and a mart must have rows where its source has.
"""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb

from funnelhouse.progress import report
from funnelhouse.quality import evidence
from funnelhouse.quality.duckdb_source import DuckDBSource, duckdb_source
from funnelhouse.quality.kept_rows import write_kept_rows
from funnelhouse.quality.replaced import replaced_rows_query
from funnelhouse.quality.report import write_report
from funnelhouse.quality.results import CheckResult, GateError, GateFailed, GateResult
from funnelhouse.quality.suites import BOUNDARIES, Boundary, Check, GateConfig, Suite, filled_in, load_gate, load_suites
from funnelhouse.settings import Settings
from funnelhouse.store.batches import read_batches
from funnelhouse.store.versions import current_manifest
from funnelhouse.transform.dbt_runner import as_of_date
from funnelhouse.transform.kept_aside import KeptRow
from funnelhouse.transform.raw_views import keep_aside

__all__ = ["CheckResult", "GateError", "GateFailed", "GateResult", "build_subject", "check"]

LINEAGE = ("source", "account_id", "_batch_id", "_row_number")


@dataclass
class _Plan:
    """One suite with the checks this run adds, and what is known of its table beforehand."""

    suite: Suite
    rows: int | None
    checks: list[Check] = field(default_factory=list)
    idle: list[Check] = field(default_factory=list)


def check(settings: Settings, boundary: Boundary) -> GateResult:
    """Check one boundary and write its report (HTML and JSON below `settings.reports`).

    Raises GateFailed if a critical check failed or could not run, GateError without a build file to look at,
    SuiteError if a suite is unusable.
    """
    if boundary not in BOUNDARIES:
        raise ValueError(f"unknown boundary {boundary!r}; one of {', '.join(BOUNDARIES)}")
    started = time.monotonic()
    gate = load_gate(settings.expectations)
    suites = load_suites(settings.expectations, boundary)
    subject = build_subject(settings)
    parameters = {**gate.parameters, "as_of_date": as_of_date(settings).isoformat(),
                  "reporting_currency": settings.currency}  # fmt: skip
    result = GateResult(boundary, datetime.now(UTC).isoformat(timespec="seconds"), subject=subject)
    plans = _plans(settings, gate, boundary, suites, result)
    stage = f"check {boundary}"
    if plans:
        report(stage, "loading Great Expectations", 0, len(plans))
        with duckdb_source(settings.build_file, settings) as source:
            found = []
            for done, plan in enumerate(plans):
                report(stage, plan.suite.table, done, len(plans))
                found.append((plan, _run(source, plan, parameters)))
        with duckdb.connect(str(settings.build_file), read_only=True) as connection:
            for done, (plan, outcomes) in enumerate(found, 1):
                checked = [_result(connection, plan, item, parameters) for item in outcomes]
                for item, found_now in zip(outcomes, checked, strict=True):
                    result.kept_aside += _kept_rows(connection, plan.suite, item, found_now)
                checked += [_bare(plan.suite, one, "no rows", plan.rows) for one in plan.idle]
                result.checks += checked
                _report_suite(stage, plan.suite.table, done, len(plans), checked)
            if boundary == "raw":
                write_kept_rows(settings, connection, [row for row in result.kept_aside if not row.is_replaced])
    if boundary == "raw":
        keep_aside(settings.build_file, settings.raw, result.kept_aside)
    result.seconds = round(time.monotonic() - started, 3)
    write_report(settings, result)
    if not result.ok:
        raise GateFailed(result)
    return result


def build_subject(settings: Settings) -> dict[str, Any]:
    """What identifies the state of the build file: its batches, size and time of change."""
    path = settings.build_file
    if not path.exists():
        raise GateError(f"{path} does not exist: load exports and build the warehouse first (`make run`)")
    stat = path.stat()
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            ids = connection.execute("select batch_id from raw._batches order by batch_id").fetchall()
    except duckdb.CatalogException:
        raise GateError(f"{path} has no raw tables yet: expose the raw layer before it is checked") from None
    digest = hashlib.sha256("\n".join(row[0] for row in ids).encode()).hexdigest()[:16]
    return {"batches": digest, "file_size": stat.st_size, "file_mtime_ns": stat.st_mtime_ns}


def _plans(
    settings: Settings, gate: GateConfig, boundary: Boundary, suites: list[Suite], result: GateResult
) -> list[_Plan]:
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        known = connection.execute("select schema_name || '.' || table_name from duckdb_tables() union all "
                                   "select schema_name || '.' || view_name from duckdb_views()").fetchall()  # fmt: skip
        present = {row[0] for row in known}

        def rows(table: str) -> int | None:
            if table not in present:
                return None
            schema, _, name = table.partition(".")
            counted = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchone()
            return int(counted[0]) if counted else 0

        lineage = _lineage_rows(settings, connection) if boundary == "raw" else {}
        published = _published_rows(settings) if boundary == "marts" else {}
        plans = []
        for suite in suites:
            plan = _Plan(suite, rows(suite.table), list(suite.checks))
            if plan.rows is None:
                result.checks.append(_missing_table(suite))
                continue
            if boundary == "raw":
                _prepare_raw(plan, lineage, gate, result)
            else:
                _prepare_mart(plan, gate, published, {table: rows(table) for table in suite.filled_from})
            if plan.checks or plan.idle:
                plans.append(plan)
    return plans


def _lineage_rows(settings: Settings, connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows per raw table that the batches exposed in this build claim to hold."""
    exposed = {row[0] for row in connection.execute("select batch_id from raw._batches").fetchall()}
    rows: dict[str, int] = {}
    for batch in read_batches(settings.raw):
        for output in batch.outputs if batch.batch_id in exposed else []:
            rows[f"raw.{output.entity}"] = rows.get(f"raw.{output.entity}", 0) + output.rows
    return rows


def _published_rows(settings: Settings) -> dict[str, int]:
    manifest = current_manifest(settings) or {}
    return {f"marts.{table['name']}": int(table["rows"]) for table in manifest.get("tables", [])}


def _prepare_raw(plan: _Plan, lineage: dict[str, int], gate: GateConfig, result: GateResult) -> None:
    table = plan.suite.table
    if table.startswith("raw._"):
        return
    claimed = lineage.get(table, 0)
    if not plan.rows and not claimed:
        result.not_loaded.append(table)
        plan.checks = []
        return
    plan.checks.append(
        Check(
            name="rows_as_in_lineage",
            type="expect_table_row_count_to_equal",
            kwargs={"value": claimed},
            severity=gate.raw_rows_severity,
            why="Rows that vanish between a loaded file and the warehouse would be missing from every figure.",
            description=f"The table has exactly the {claimed} rows that its batches say they loaded",
        )
    )


def _prepare_mart(plan: _Plan, gate: GateConfig, published: dict[str, int], sources: dict[str, int | None]) -> None:
    suite, drop = plan.suite, gate.row_count_drop
    filled = [table for table, rows in sources.items() if rows]
    if filled or any(rows is None for rows in sources.values()):
        plan.checks.append(
            Check(
                name="has_rows",
                type="expect_table_row_count_to_be_between",
                kwargs={"min_value": 1},
                severity="critical",
                why="An empty table looks like a month without business, though its source has data.",
                description=f"The table has rows, as {', '.join(filled or sources)} has",
            )
        )
    before = published.get(suite.table)
    if before is not None and before >= drop.min_rows and suite.table not in drop.allow:
        plan.checks.append(
            Check(
                name="row_count_drop",
                type="expect_table_row_count_to_be_between",
                kwargs={"min_value": math.ceil(before * (1 - drop.share))},
                severity=drop.severity,
                why="A table that shrinks this much has usually lost a file or a join, not customers. If the drop is "
                "right, the next publish no longer says so.",
                description=f"At most {drop.share:.0%} fewer rows than the {before} of the published version",
            )
        )
    if not plan.rows:
        by_row = [one for one in plan.checks if one.column]
        plan.idle = by_row
        plan.checks = [one for one in plan.checks if not one.column]


def _run(source: DuckDBSource, plan: _Plan, parameters: dict[str, str]) -> list[tuple[Check, dict[str, Any]]]:
    """Each check with Great Expectations' answer: success, result, error (text if it raised), expectation."""
    expectations = [filled_in(one, parameters) for one in plan.checks]
    answers: list[tuple[Check, dict[str, Any]]] = []
    try:
        results = source.validate(plan.suite.table, expectations)
    except Exception as problem:  # noqa: BLE001 - whatever breaks a suite must not pass as a green one
        broken = {
            "success": False,
            "result": {},
            "error": evidence.harmless(f"{type(problem).__name__}: {problem}", 500),
        }
        return [(one, {**broken, "expectation": e}) for one, e in zip(plan.checks, expectations, strict=True)]
    for one, expectation, found in zip(plan.checks, expectations, results, strict=True):
        facts, error = dict(found.result), _raised(found.exception_info)
        if not found.success and not error and facts.get("unexpected_count"):
            facts.update(_with_index_query(source, plan.suite, one, expectation))
        answers.append(
            (one, {"success": bool(found.success), "result": facts, "error": error, "expectation": expectation})
        )
    return answers


def _with_index_query(source: DuckDBSource, suite: Suite, one: Check, expectation: dict[str, Any]) -> dict[str, Any]:
    named = set(one.column.split(", "))
    rows_by = [column for column in _rows_by(suite) if column not in named] or list(_rows_by(suite))[:1]
    if not rows_by:
        return {}
    again = source.validate(suite.table, [expectation], rows_by)[0].result
    return {"unexpected_index_query": again.get("unexpected_index_query")}


def _rows_by(suite: Suite) -> tuple[str, ...]:
    return suite.rows_by or (LINEAGE if suite.boundary == "raw" else ())


def _raised(info: dict[str, Any]) -> str:
    """The error text if the expectation raised, else nothing. Great Expectations has two shapes for it."""
    details = [info] if "raised_exception" in info else [entry for entry in info.values() if isinstance(entry, dict)]
    raised = [detail for detail in details if detail.get("raised_exception", True)]
    messages = [str(detail.get("exception_message") or "the check raised an error") for detail in raised]
    return evidence.harmless(messages[0], 500) if messages else ""


def _result(
    connection: duckdb.DuckDBPyConnection, plan: _Plan, item: tuple[Check, dict[str, Any]], parameters: dict[str, str]
) -> CheckResult:
    one, answer = item
    if answer["error"]:
        return _bare(plan.suite, one, "raised", plan.rows, error=answer["error"])
    if answer["success"]:
        return _bare(plan.suite, one, "passed", plan.rows, observed=_observed(answer["result"]))
    failed = _bare(plan.suite, one, "failed", plan.rows, observed=_observed(answer["result"]))
    query = evidence.failing_rows_query(plan.suite, answer["expectation"], answer["result"])
    number = answer["result"].get("unexpected_count")
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    if (
        query
        and plan.suite.boundary == "raw"
        and one.size == "row"
        and (gone := replaced_rows_query(plan.suite, query))
    ):
        query = (
            f"select failing.* from ({query}) as failing anti join ({gone}) as replaced "
            "on failing._batch_id = replaced._batch_id and failing._row_number = replaced._row_number"
        )
    if query:
        try:
            number, columns, rows = evidence.failing_rows(connection, plan.suite, query)
        except duckdb.Error as error:
            # The verdict stands without its rows; say why they are not shown.
            return _bare(plan.suite, one, "failed", plan.rows, number, observed=f"rows not shown: {error}")
        if number == 0:
            return _bare(plan.suite, one, "passed", plan.rows, observed="only rows that newer exports replaced failed")
    observed = "" if rows else failed.observed
    return _bare(plan.suite, one, "failed", plan.rows, number, columns, rows, observed=observed)


def _kept_rows(
    connection: duckdb.DuckDBPyConnection, suite: Suite, item: tuple[Check, dict[str, Any]], found: CheckResult
) -> list[KeptRow]:
    """The rows that failed a check which keeps its failing rows aside."""
    one, answer = item
    query = evidence.failing_rows_query(suite, answer["expectation"], answer["result"])
    if not (one.keep_aside and found.outcome != "raised" and not answer["success"] and query):
        return []
    rows = connection.execute(f"select distinct _batch_id, _row_number from ({query}) order by all").fetchall()
    gone = replaced_rows_query(suite, query)
    replaced = set(connection.execute(gone).fetchall()) if gone else set()
    column = one.column or one.about
    return [
        KeptRow(batch, row, suite.table, one.name, column, one.description, one.why, (batch, row) in replaced)
        for batch, row in rows
    ]


def _bare(
    suite: Suite, one: Check, outcome: str, rows_checked: int | None, rows_failed: int | None = None,
    columns: tuple[str, ...] = (), rows: tuple[tuple[str, ...], ...] = (), *, observed: str = "", error: str = "",
) -> CheckResult:  # fmt: skip
    return CheckResult(
        suite=suite.name, table=suite.table, check=one.name, description=one.description, column=one.column,
        severity=one.severity, why=one.why, outcome=outcome, observed=observed, rows_checked=rows_checked,
        rows_failed=rows_failed, row_columns=columns, rows=rows, error=error, size=one.size, keep_aside=one.keep_aside,
    )  # fmt: skip


def _observed(result: dict[str, Any]) -> str:
    details = (result.get("details") or {}).get("mismatched") if isinstance(result.get("details"), dict) else None
    if details:
        return evidence.harmless(
            "; ".join(f"{kind}: {', '.join(map(str, names))}" for kind, names in details.items()), 400
        )
    value = result.get("observed_value")
    return "" if value is None else evidence.harmless(value, 400)


def _missing_table(suite: Suite) -> CheckResult:
    absent = Check("table_exists", "", {}, "critical", "Readers and reports that use the table would break.",
                   "The table exists in the build file")  # fmt: skip
    return _bare(suite, absent, "failed", None, observed="no such table")


def _report_suite(stage: str, table: str, done: int, total: int, checked: list[CheckResult]) -> None:
    broken = [one for one in checked if one.is_broken]
    worst = "failed" if any(one.is_blocking for one in broken) else "warning" if broken else "ok"
    report(stage, table, done, total, worst, checks=len(checked), broken=[one.check for one in broken])
