"""Every suite of the repository loads, is explained, and runs on tables of the declared columns."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from funnelhouse.contracts.entities import entities
from funnelhouse.quality.duckdb_source import prepare_great_expectations
from funnelhouse.quality.gate import GateFailed, GateResult, check
from funnelhouse.quality.suites import BOUNDARIES, Boundary, filled_in, load_gate, load_suites
from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.raw_views import expose_raw
from tests.raw_factory import RawFactory

EXPECTATIONS = REPOSITORY / "expectations"
ALL = [(boundary, suite) for boundary in BOUNDARIES for suite in load_suites(EXPECTATIONS, boundary)]
PARAMETERS = {"as_of_date": "2026-10-31", **load_gate(EXPECTATIONS).parameters}


MARTS = REPOSITORY / "dbt_project" / "models" / "marts"


@cache
def models_in(path: Path) -> list[dict[str, Any]]:
    """Models that a file of properties describes; 200 KB of YAML, so by the parser in C where there is one."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return (yaml.load(path.read_text(encoding="utf-8"), Loader=loader) or {}).get("models", [])


@cache
def mart_models() -> dict[str, tuple[str, dict[str, str]]]:
    """Published tables by name: their area and their columns with declared types; functions hold no rows to check."""
    found = {}
    for path in sorted(path for path in MARTS.rglob("*.yml") if path.parent.name != "functions"):
        for model in models_in(path):
            columns = {column["name"]: column["data_type"] for column in model["columns"]}
            found[model["name"]] = (path.parent.name, columns)
    return found


def test_every_mart_has_a_listed_suite_named_after_its_area() -> None:
    listed = set(load_gate(EXPECTATIONS).suites["marts"])
    assert listed == {f"{area}__{name}" for name, (area, _) in mart_models().items()}


def test_every_mart_model_file_is_described() -> None:
    files = {path.stem for path in MARTS.rglob("*.sql") if path.parent.name != "functions"}
    assert files == set(mart_models())


def test_every_entity_has_a_listed_suite() -> None:
    assert set(load_gate(EXPECTATIONS).suites["raw"]) == {*entities(), "_batches", "_files", "_left_out"}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_every_suite_file_is_listed_once(boundary: Boundary) -> None:
    listed = load_gate(EXPECTATIONS).suites[boundary]
    assert len(listed) == len(set(listed))
    assert {path.stem for path in (EXPECTATIONS / boundary).glob("*.json")} == set(listed)


@pytest.mark.parametrize(("boundary", "suite"), ALL, ids=[suite.name for _, suite in ALL])
def test_every_suite_loads_into_great_expectations_and_says_why(boundary: Boundary, suite: Any) -> None:
    gx = prepare_great_expectations()
    loaded = gx.ExpectationSuite(name=suite.name, expectations=[filled_in(one, PARAMETERS) for one in suite.checks])
    assert len(loaded.expectations) == len(suite.checks) > 0
    assert suite.table.startswith(f"{boundary}.") and suite.rows_by
    for one in suite.checks:
        assert one.severity and one.why.endswith(".") and one.description, one


def test_no_check_repeats_a_test_of_dbt() -> None:
    """A promise dbt tests on the same column of the same mart is not tested again."""
    twins = {
        "in_range": "expect_column_values_to_be_between",
        "not_negative": "expect_column_values_to_be_between",
        "not_null": "expect_column_values_to_not_be_null",
        "unique": "expect_column_values_to_be_unique",
        "accepted_values": "expect_column_values_to_be_in_set",
    }
    tested = set()
    for path in (REPOSITORY / "dbt_project" / "models" / "marts").rglob("*.yml"):
        for model in models_in(path):
            for column in model.get("columns", []):  # a function has none
                for test in column.get("data_tests") or []:
                    kind = test if isinstance(test, str) else next(iter(test))
                    tested.add((f"marts.{model['name']}", column["name"], twins.get(kind)))
    repeated = [
        (suite.table, one.column, one.type)
        for _, suite in ALL
        for one in suite.checks
        if (suite.table, one.column, one.type) in tested
    ]
    assert repeated == []


def typical(kind: str, name: str) -> str:
    """One plausible value of a declared type, as SQL."""
    if name in ("region", "channel", "rep_id"):
        return "'Unknown'"
    base = kind.split("(")[0].strip().lower()
    return {
        "varchar": "'x'", "date": "date '2026-10-31'", "timestamp": "timestamp '2026-10-31 00:00:00'",
        "boolean": "true", "double": "0.5",
    }.get(base, "1")  # fmt: skip


@pytest.fixture
def marts(raw: RawFactory) -> Settings:
    """A build file whose marts have one typical row each, and the staging tables that suites compare with."""
    raw.add("crm_users", [{"record_id": "U1"}], exported_at="2026-10-31T00:00:00")
    expose_raw(raw.settings.build_file, raw.settings.raw)
    staged = {table for _, suite in ALL for table in suite.filled_from if table.startswith("staging.")}
    with duckdb.connect(str(raw.settings.build_file)) as connection:
        connection.execute("create schema marts; create schema staging")
        for name, (_, columns) in mart_models().items():
            values = ", ".join(f'cast({typical(kind, c)} as {kind}) as "{c}"' for c, kind in columns.items())
            connection.execute(f'create table marts."{name}" as select {values}')
        for table in sorted(staged):
            connection.execute(
                f"create table {table} as select date '2026-10-31' as date_day, 'x' as source, 'x' as account_id, "
                "1::bigint as impressions, 1::bigint as clicks, 1::bigint as sessions"
            )
    return raw.settings


def checked(settings: Settings) -> GateResult:
    try:
        return check(settings, "marts")
    except GateFailed as failure:
        return failure.result


def change(settings: Settings, statement: str) -> None:
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute(statement)


@pytest.mark.slow
def test_every_marts_check_runs_and_each_fault_breaks_its_check(marts: Settings) -> None:
    result = checked(marts)
    assert [f"{one.table}:{one.check}: {one.error}" for one in result.checks if one.outcome == "raised"] == []
    before = {(one.table, one.check) for one in result.broken()}

    faults = {
        "update marts.mart_channel_kpi_daily set bounce_rate = 1.5": "bounce_rate_is_a_fraction",
        "update marts.mart_channel_kpi_daily set impressions = 2": "ad_counts_as_loaded",
        "update marts.mart_channel_kpi_period set cpc = 'inf'::double": "rates_are_numbers",
        "update marts.mart_lead_daily set leads_contacted = 2": "leads_contacted_not_above_leads",
        "update marts.fct_sales_line set amount_reporting = null": "money_is_converted",
        "update marts.mart_sales_results set data_as_of = date '2026-09-30'": "has_one_reporting_date",
        "update marts.mart_funnel_daily set date_day = date '2026-11-02'": "no_day_after_as_of",
        "delete from marts.dim_person": "has_rows",
        "drop table marts.mart_call_daily": "table_exists",
        "update marts.fct_email_campaign set subject = 'for ann@example.com'": "no_e_mail_address",
    }
    for statement in faults:
        change(marts, statement)
    after = checked(marts)
    assert [one.error for one in after.checks if one.outcome == "raised"] == []
    broken = {(one.table, one.check) for one in after.broken()} - before
    expected = {(f"marts.{sql.split('marts.')[1].split()[0]}", name) for sql, name in faults.items()}
    assert expected <= broken


@pytest.mark.slow
def test_missing_days_of_a_daily_source_are_named(marts: Settings) -> None:
    """September and October come daily, but 25 and 26 October are missing; the source reaches the 31st."""
    change(marts, "delete from marts.mart_channel_kpi_daily")
    change(
        marts,
        "insert into marts.mart_channel_kpi_daily by name select day::date as date_day, 'ads' as source, 'a' as "
        "account_id, 1 as spend_reporting, date '2026-10-31' as data_as_of from "
        "generate_series(date '2026-09-01', date '2026-10-31', interval 1 day) as days(day) "
        "where day not in (date '2026-10-25', date '2026-10-26')",
    )
    one = next(one for one in checked(marts).broken() if one.check == "no_missing_days")
    assert {row[-1] for row in one.rows} == {"2026-10-25", "2026-10-26"}
    assert one.severity == "warning"


@pytest.mark.slow
def test_a_day_of_a_thousandfold_spend_is_named(marts: Settings) -> None:
    change(marts, "delete from marts.mart_channel_kpi_daily")
    change(
        marts,
        "insert into marts.mart_channel_kpi_daily by name select day::date as date_day, 'ads' as source, 'a' as "
        "account_id, case when day = date '2026-10-30' then 10500 else 10.5 end as spend_reporting from "
        "generate_series(date '2026-10-01', date '2026-10-31', interval 1 day) as days(day)",
    )
    one = next(one for one in checked(marts).broken() if one.check == "spend_does_not_jump")
    assert one.rows_failed == 1 and one.rows[0][0] == "2026-10-30"


def test_the_readme_names_what_each_side_checks() -> None:
    text = Path(EXPECTATIONS / "README.md").read_text(encoding="utf-8")
    for word in ("dbt", "Great Expectations", "gate.yml", "severity", "rows_by", "filled_from", "meta.why"):
        assert word in text
