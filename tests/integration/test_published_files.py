"""Workbook and Parquet files of a version say what its tables say."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from funnelhouse.publish.workbook import sheet_plans
from funnelhouse.settings import Settings
from funnelhouse.store.versions import damaged_files

pytestmark = pytest.mark.slow

COMPANIES = ["sample", "firm", "shop"]
# Sheet, column and rows of it -> the same number from other tables than the sheet's, or from finer ones.
TOTALS = [
    ("Channels", "Leads", {}, "select sum(leads) from marts.mart_lead_daily"),
    ("Channels", "Ad spend", {}, "select (select sum(spend_reporting) from marts.mart_channel_kpi_daily) + sum("
                              "spend_reporting) from marts.mart_channel_kpi_period where period_type = 'month' and "
                              "is_from_period_total"),
    ("Channels", "New customers", {}, "select sum(new_customers) from marts.mart_channel_kpi_daily"),
    ("E-mail", "Emails sent", {}, "select sum(sent) from marts.fct_email_campaign"),
    ("Return", "Revenue", {}, "select sum(revenue) from marts.mart_sales_results"),
    ("Sales", "Revenue", {"By": "total"}, "select sum(revenue) from marts.mart_sales_results"),
    ("Sales", "Revenue", {"By": "rep"}, "select sum(revenue) from marts.mart_sales_results"),
    ("Funnel", "Entered", {"Stage": "Lead"}, "select sum(entered) from marts.mart_funnel_daily where stage = 'Lead'"),
    ("Customers", "MRR new", {}, "select sum(mrr_new) from marts.mart_mrr"),
    ("Attribution", "linear", {}, "select max(all_revenue_reporting) from marts.mart_attribution_share"),
    ("Attribution", "first_touch", {}, "select max(all_revenue_reporting) from marts.mart_attribution_share"),
    ("Campaigns", "Cost", {}, "select sum(total_cost) from marts.mart_roi where basis = 'activity' and period_grain = "
                              "'all' and dimension_type = 'campaign' and dimension_key <> '(none)'"),
    ("Budget", "Spend change", {}, "select 0"),
]  # fmt: skip


def folder_of(settings: Settings) -> Path:
    return settings.published_file.resolve().parent


def sheets_of(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Rows of each sheet by header, with the currency left off the headers."""
    workbook = CalamineWorkbook.from_path(str(folder_of(settings) / "workbook.xlsx"))
    planned = [plan.name for plan in sheet_plans()]
    found = {}
    for name in [*(name for name in workbook.sheet_names if name in planned), "Columns"]:
        header, *rows = workbook.get_sheet_by_name(name).to_python()
        found[name] = [dict(zip([str(n).replace(" (USD)", "").replace(" (EUR)", "") for n in header], row, strict=True))
                       for row in rows if any(cell != "" for cell in row[1:])]  # fmt: skip
    return found


def published(settings: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(settings.published_file.resolve()), read_only=True)


@pytest.mark.parametrize("company", COMPANIES)
def test_every_sheet_is_there_whole_and_every_column_is_explained(request: pytest.FixtureRequest, company: str) -> None:
    settings: Settings = request.getfixturevalue(f"{company}_house")
    manifest = json.loads((folder_of(settings) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["workbook"]["left_out"] == []
    sheets = sheets_of(settings)
    assert {name: len(rows) for name, rows in sheets.items() if name != "Columns"} == {
        sheet["name"]: sheet["rows"] for sheet in manifest["workbook"]["sheets"]
    }
    assert all(sheet["rows"] == sheet["of"] for sheet in manifest["workbook"]["sheets"])
    assert [row["Column"] for row in sheets["Columns"] if not row["Meaning"]] == []
    assert damaged_files(settings, manifest["version"]) == []


@pytest.mark.parametrize(("name", "column", "where", "sql"), TOTALS, ids=[f"{t[0]}-{t[1]}-{t[2]}" for t in TOTALS])
def test_totals_of_the_sheets_are_those_of_the_tables(
    sample_house: Settings, name: str, column: str, where: dict[str, str], sql: str
) -> None:
    rows = [row for row in sheets_of(sample_house)[name] if all(row[key] == value for key, value in where.items())]
    assert rows
    found = sum(Decimal(str(row[column])) for row in rows if row[column] != "")
    with published(sample_house) as connection:
        wanted = connection.execute(sql).fetchall()[0][0]
    assert wanted is not None
    assert float(found) == pytest.approx(float(wanted), abs=0.01)


def test_rates_are_what_their_formula_makes_of_the_columns_beside_them(sample_house: Settings) -> None:
    """Of every rate whose numerator and denominator stand on its sheet: divided again, row by row."""
    sheets = sheets_of(sample_house)
    names = {(row["Sheet"], row["Comes from"].rpartition(".")[2]): row["Column"] for row in sheets["Columns"]}
    checked = 0
    for row in sheets["Columns"]:
        formula = re.fullmatch(r"(?:(\d+) x )?(\w+) / (\w+)", row["Formula"])
        if formula is None:
            continue
        top, bottom = (names.get((row["Sheet"], formula[part])) for part in (2, 3))
        if top is None or bottom is None:
            continue
        top, bottom, column = (n.removesuffix(" (USD)") for n in (top, bottom, row["Column"]))
        checked += 1
        for line in sheets[row["Sheet"]]:
            if line[bottom] in ("", 0) or line[top] == "":
                assert line[column] == "", (row["Sheet"], column, line)
            else:
                wanted = int(formula[1] or 1) * line[top] / line[bottom]
                assert line[column] == pytest.approx(wanted, rel=1e-6), (row["Sheet"], column, line)
    assert checked > 15


def test_goals_stand_in_the_workbook_as_in_the_summary(sample_house: Settings) -> None:
    goals = {row["Goal ID"]: row for row in sheets_of(sample_house)["Goals"]}
    with published(sample_house) as connection:
        wanted = connection.execute(
            "select goal_id, target, actual, end_date, goal_status from marts.mart_goal_attainment where is_latest"
        ).fetchall()
    assert len(goals) == len(wanted) > 5
    for goal_id, target, actual, end_date, status in wanted:
        row = goals[goal_id]
        assert (row["Target"] or None) == (pytest.approx(target) if target else None)
        assert row["Actual"] == ("" if actual is None else pytest.approx(actual))
        assert (row["End date"], row["Goal status"]) == (end_date, status)
        assert isinstance(row["Start date"], date)


@pytest.mark.parametrize("company", COMPANIES)
def test_parquet_files_have_the_columns_and_types_of_their_tables(request: pytest.FixtureRequest, company: str) -> None:
    """The contracts of the marts pin the types, and with this they pin those of the files, empty tables included."""
    settings: Settings = request.getfixturevalue(f"{company}_house")
    folder = folder_of(settings)
    tables = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tables"]
    assert {path.name for path in (folder / "parquet").iterdir()} == {f"{table['name']}.parquet" for table in tables}
    with published(settings) as connection:
        for table in tables:
            path = str(folder / table["parquet"])
            described = connection.execute("describe select * from read_parquet(?)", [path]).fetchall()
            columns = [{"name": name, "type": kind} for name, kind, *_ in described]
            assert columns == table["columns"], table["name"]
            rows = connection.execute("select count(*) from read_parquet(?)", [path]).fetchall()[0][0]
            assert rows == table["rows"], table["name"]
        stored = connection.execute(
            "select distinct type, logical_type.split('(')[1] from parquet_schema(?) where num_children is null",
            [str(folder / "parquet" / "*.parquet")],
        ).fetchall()
    # What every reader of the format has known since 2013: no 96-bit times, no doubles in place of money.
    assert {kind for kind, _ in stored} <= {
        "BOOLEAN", "INT32", "INT64", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"
    }  # fmt: skip
