"""The gate on raw rows: what is wrong is named, shown and stops the run; what is right passes; locks are gone."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from funnelhouse.progress import Report, listening
from funnelhouse.publish.errors import PublishRefused
from funnelhouse.publish.publisher import publish
from funnelhouse.quality.duckdb_source import DuckDBSource
from funnelhouse.quality.gate import GateError, GateFailed, GateResult, check
from funnelhouse.quality.results import CheckResult
from funnelhouse.settings import Settings
from funnelhouse.store.batches import BatchOutput, commit_batch, load_batch
from funnelhouse.transform.raw_views import expose_raw
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow  # Great Expectations over every raw table: a second of a core a test

DAY = {
    "level": "campaign", "campaign_id": "C1", "campaign_name": "Spring", "currency": "USD", "spend": "10.5",
    "impressions": 1000, "clicks": 20, "date": "2026-10-30", "breakdown": "", "result_type": "",
}  # fmt: skip


def add_ads(raw: RawFactory, *rows: dict[str, Any], **facts: Any) -> str:
    facts = {"source": "google_ads", "restatement": "replace_period", "period": ("2026-10-01", "2026-10-31"), **facts}
    return raw.add("ads_performance", [{**DAY, **row} for row in rows], **facts)


def checked(raw: RawFactory) -> GateResult:
    expose_raw(raw.settings.build_file, raw.settings.raw)
    try:
        return check(raw.settings, "raw")
    except GateFailed as failure:
        return failure.result


def broken(result: GateResult) -> dict[str, CheckResult]:
    return {f"{one.table}:{one.check}": one for one in result.broken()}


def test_good_rows_pass_and_entities_without_files_are_listed_not_passed(raw: RawFactory) -> None:
    add_ads(raw, {}, {"date": "2026-10-31"})
    result = checked(raw)
    assert result.status == "pass" and not result.broken()
    assert "raw.crm_leads" in result.not_loaded
    assert {one.table for one in result.checks} == {
        "raw.ads_performance",
        "raw._batches",
        "raw._files",
        "raw._left_out",
    }
    assert {one.outcome for one in result.checks if not one.table.startswith("raw._")} == {"passed"}


def test_a_row_that_cannot_be_true_is_kept_aside_and_named_with_file_row_column_and_advice(raw: RawFactory) -> None:
    batch = add_ads(raw, {}, {"date": "2026-10-31", "spend": "-4.25", "campaign_name": "Sale, by ann@example.com"})
    raw.add("ads_period", [{"level": "account", "spend": "1"}], source="google_ads")
    result = checked(raw)
    assert result.ok and result.status == "warn"
    one = broken(result)["raw.ads_performance:spend_not_negative"]
    assert (one.size, one.keep_aside, one.outcome, one.rows_failed, one.rows_checked) == ("row", True, "failed", 1, 2)
    row = dict(zip(one.row_columns, one.rows[0], strict=True))
    assert row["_row_number"] == "2" and row["spend"] == "-4.250000"
    assert row["file_name"] == "google_ads_ads_performance.csv"
    assert raw.rows("select spend::varchar as spend from raw.ads_performance") == [{"spend": "10.500000"}]
    kept = raw.rows("select batch_id, row_number, column_name, reason, rejected_by from raw._rejected_rows order by 3")
    assert {"batch_id": batch, "row_number": 2, "column_name": "spend", "reason": "spend_not_negative",
            "rejected_by": "check"} in kept  # fmt: skip

    path = raw.settings.quarantine / "rows" / f"{batch}.kept_aside.csv"
    (line,) = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    assert (line["file"], line["row"], line["column"]) == ("google_ads_ads_performance.csv", "2", "spend")
    assert "spend is never negative" in line["reason"] and "export again" in line["advice"]
    assert "spend=-4.250000" in line["values"] and "ann@example.com" not in line["values"]


def test_a_row_kept_aside_is_in_none_of_the_entities_that_its_line_of_the_file_feeds(raw: RawFactory) -> None:
    """Line 2 of the file is a goal without an end and, by another output of its contract, a benchmark."""
    goal = {
        "goal_id": "T1", "goal_version": "1", "metric": "leads", "scope_type": "company", "direction": "increase",
        "target_kind": "absolute", "target_value": 3, "start_date": "2026-10-01", "end_date": "2026-12-31",
    }  # fmt: skip
    batch = raw.add("goals", [goal, {**goal, "goal_id": "T2", "end_date": None}], source="plans")
    other = raw.add("benchmarks", [{"metric": "a"}, {"metric": "b"}], source="plans")
    (raw.settings.raw / "_batches" / f"{other}.json").unlink()
    table = raw.settings.raw / "benchmarks"
    with duckdb.connect() as connection:
        rows = f"select * replace ('{batch}' as _batch_id) from '{table / other}.parquet'"
        connection.execute(f"copy ({rows}) to '{table / batch}.parquet' (format parquet)")
    lineage = load_batch(raw.settings.raw, batch)
    commit_batch(raw.settings.raw, replace(lineage, outputs=[*lineage.outputs, BatchOutput("benchmarks", 2)]))
    assert checked(raw).ok
    assert raw.rows("select goal_id from raw.goals") == [{"goal_id": "T1"}]
    assert raw.rows("select metric from raw.benchmarks") == [{"metric": "a"}]


def test_the_corrected_export_ends_it(raw: RawFactory) -> None:
    batch = add_ads(raw, {"spend": "-1"})
    assert checked(raw).status == "warn"
    (raw.settings.raw / "_batches" / f"{batch}.json").unlink()  # as a corrected reading of the file does
    add_ads(raw, {"spend": "1"})
    assert checked(raw).status == "pass"
    assert raw.rows("select * from raw._kept_aside") == []
    assert not list((raw.settings.quarantine / "rows").glob("*"))


@pytest.mark.parametrize(
    ("facts", "newer"),
    [
        ({"restatement": "upsert"}, {}),
        ({"restatement": "replace_period"}, {"campaign_id": "C2"}),
        ({"restatement": "full"}, {"date": "2026-10-29", "campaign_id": "C2"}),
    ],
)
def test_a_row_that_a_newer_export_replaced_is_no_longer_said(
    raw: RawFactory, facts: dict[str, Any], newer: dict[str, Any]
) -> None:
    """Of the same campaign and day; of the same days; of everything."""
    add_ads(raw, {"spend": "-1"}, exported_at="2026-10-30T00:00:00", **facts)
    add_ads(raw, newer, exported_at="2026-10-31T00:00:00", **facts)
    assert checked(raw).status == "pass"
    assert raw.rows("select spend::float as spend from raw.ads_performance") == [{"spend": 10.5}]
    assert raw.rows("select * from raw._rejected_rows") == []


def test_a_check_of_rows_that_cannot_run_blocks(raw: RawFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows then which rows would count wrongly: a fault of the warehouse."""
    add_ads(raw, {})
    monkeypatch.setattr(DuckDBSource, "validate", _fails)
    result = checked(raw)
    assert "spend_not_negative" in {one.check for one in result.blocking}
    with pytest.raises(PublishRefused, match="raw boundary"):
        publish(raw.settings)
    assert not raw.settings.published_file.exists()


def _fails(*_: Any, **__: Any) -> Any:
    raise RuntimeError("no such function")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"clicks": 1001}, "clicks_not_above_impressions"),
        ({"currency": "usd"}, "money_has_a_currency"),
        ({"currency": None}, "money_has_a_currency"),
        ({"date": None}, "date_present"),
        ({"date": "2026-09-30"}, "day_in_the_files_period"),
        ({"date": "2026-12-11"}, "day_not_after_export"),
        ({"impressions": -1}, "impressions_not_negative"),
        ({"campaign_id": None, "campaign_name": None}, "campaign_named"),
    ],
)
def test_a_changed_cell_breaks_the_check_that_guards_it(raw: RawFactory, change: dict[str, Any], expected: str) -> None:
    add_ads(raw, {}, change)
    found = broken(checked(raw))
    assert f"raw.ads_performance:{expected}" in found
    one = found[f"raw.ads_performance:{expected}"]
    assert one.outcome == "failed" and one.rows_failed == 1 and len(one.rows) == 1


def test_rows_lost_after_loading_are_noticed(raw: RawFactory) -> None:
    identifier = add_ads(raw, {}, {"date": "2026-10-31"})
    path = raw.settings.raw / "ads_performance" / f"{identifier}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (from '{path}' limit 1) to '{path}.short' (format parquet)")
    (path.parent / f"{path.name}.short").replace(path)
    found = broken(checked(raw))
    assert found["raw.ads_performance:rows_as_in_lineage"].severity == "critical"
    assert found["raw.ads_performance:rows_as_in_lineage"].observed == "1"


def test_rows_that_do_not_add_up_are_named_with_their_file(raw: RawFactory) -> None:
    identifier = add_ads(raw, {})
    commit_batch(raw.settings.raw, replace(load_batch(raw.settings.raw, identifier), rows_in=5))
    one = broken(checked(raw))["raw._batches:rows_add_up"]
    assert dict(zip(one.row_columns, one.rows[0], strict=True))["file_name"] == "google_ads_ads_performance.csv"


def test_an_export_with_far_fewer_rows_than_the_one_before_warns(raw: RawFactory) -> None:
    days = [{"date": f"2026-10-{day:02}"} for day in range(1, 25)]
    add_ads(raw, *days, exported_at="2026-10-30T00:00:00")
    add_ads(raw, *days[:11], exported_at="2026-10-31T00:00:00")
    result = checked(raw)
    assert result.status == "warn"
    assert list(broken(result)) == ["raw._batches:export_not_shrunk"]


def test_every_raw_suite_runs_without_an_error_on_rows_of_every_entity(raw: RawFactory) -> None:
    """No check of any suite may raise: a check that cannot run would stop every publish."""
    from funnelhouse.contracts.entities import entities

    typical: dict[str, Any] = {
        "text": "x", "integer": 1, "decimal": 1, "precise": 1, "rate": 0.5, "date": "2026-10-30",
        "timestamp": "2026-10-30T00:00:00", "boolean": True, "json": '{"a": "b"}',
    }  # fmt: skip
    for entity in entities().values():
        raw.add(entity.name, [{column.name: typical[column.type] for column in entity.columns}])
    result = checked(raw)
    assert result.not_loaded == []
    assert [f"{one.table}:{one.check}: {one.error}" for one in result.checks if one.outcome == "raised"] == []
    # "x" is not a currency, a direction or an event: the evidence of each such check must be readable rows, too.
    assert "raw.fx_rates:currencies_are_codes" in broken(result)
    assert [one.check for one in result.broken() if not one.rows] == []


def test_after_the_gate_another_process_can_write_the_build_file(raw: RawFactory) -> None:
    add_ads(raw, {"spend": "-1"})
    assert checked(raw).status == "warn"
    code = f"import duckdb; duckdb.connect({str(raw.settings.build_file)!r}).execute('create table main.t (a int)')"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert other.returncode == 0, other.stderr


def test_progress_names_every_table_and_its_verdict(raw: RawFactory) -> None:
    add_ads(raw, {"spend": "-1"})
    reports: list[Report] = []
    with listening(reports.append):
        checked(raw)
    verdicts = {entry.item: entry.outcome for entry in reports if entry.outcome}
    assert {entry.stage for entry in reports} == {"check raw"}
    assert verdicts == {
        "raw._batches": "ok", "raw._files": "ok", "raw._left_out": "ok", "raw.ads_performance": "warning",
    }  # fmt: skip


def test_without_a_build_file_or_raw_tables_the_gate_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(GateError, match="make run"):
        check(settings, "raw")
    duckdb.connect(str(settings.build_file)).close()
    with pytest.raises(GateError, match="expose the raw layer"):
        check(settings, "raw")


def test_results_are_written_as_json_with_a_dated_copy(raw: RawFactory) -> None:
    add_ads(raw, {"spend": "-1"})
    checked(raw)
    document = json.loads((raw.settings.reports / "checks-raw.json").read_text())
    assert document["status"] == "warn" and document["counts"]["failed"] == 1 and document["kept_aside"] == 1
    assert len(list((raw.settings.reports / "history").glob("checks-raw-*.html"))) == 1
