"""One odd row is kept aside or corrected by a stated rule, and everything else is published: file in, tables out."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.publish.summary import published_summary
from funnelhouse.settings import Settings, load_settings
from tests import pipeline
from tests.conftest import prepared
from tests.integration import odd_rows

pytestmark = pytest.mark.slow

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def house(prepared_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home in which all of the odd rows were loaded and published."""
    folder = tmp_path_factory.mktemp("odd")
    settings = replace(prepared(folder / "home", prepared_home), currency="EUR", timezone="Europe/Berlin")
    settings.user_contracts.mkdir(exist_ok=True)
    (settings.user_contracts / "billing__subscriptions.yml").write_text(odd_rows.CONTRACT, encoding="utf-8")
    odd_rows.write_all(folder / "inbox")
    pipeline.run(settings, folder / "inbox")
    return settings


def published(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.published_file.resolve()), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def kept_aside(settings: Settings) -> list[tuple[Any, ...]]:
    return published(
        settings,
        "select entity, reason, row_count from marts.mart_exclusion_log "
        "where excluded_by = 'check of the row' order by entity",
    )


def test_only_what_cannot_be_true_is_kept_aside(house: Settings) -> None:
    assert kept_aside(house) == [
        ("billing__subscriptions", "started_on_before_ended_on", 1),
        ("plans__goals", "start_date_before_end_date", 1),
    ]
    found = []
    for path in sorted((house.quarantine / "rows").glob("*.kept_aside.csv")):
        found += list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert sorted((row["file"], row["row"]) for row in found) == [("goals.csv", "2"), ("subscriptions.csv", "2")]
    assert all(row["column"] and row["reason"] and row["why it matters"] and row["advice"] for row in found)
    outcomes = "select file_name, rows_kept_aside, standing from marts.mart_file_outcome where rows_kept_aside > 0"
    assert sorted(published(house, outcomes)) == [("goals.csv", 1, "counts"), ("subscriptions.csv", 1, "counts")]


def test_a_deal_that_went_into_another_one_counts_nowhere(house: Settings) -> None:
    deals = "select opportunity_id, status, amount_reporting::float from marts.fct_opportunity order by 1"
    assert [(name.rpartition(":")[2], status, amount) for name, status, amount in published(house, deals)] == [
        ("7001", "won", 1000.0), ("7003", "won", 500.0),
    ]  # fmt: skip


def test_a_goal_that_ends_before_it_starts_does_not_keep_another_from_being_judged(house: Settings) -> None:
    assert published(house, "select distinct goal_id from marts.mart_goal_attainment") == [("T1",)]


def test_a_subscription_cancelled_before_its_first_day_was_never_revenue(house: Settings) -> None:
    counted = "select subscription_id, mrr_native::float from marts.fct_subscription where excluded_reason is null"
    assert [(name.rpartition(":")[2], price) for name, price in published(house, counted)] == [("S1", 50.0)]
    january = "select min(month_start)::varchar, max(mrr_end)::float from marts.mart_mrr where mrr_end > 0"
    assert published(house, january) == [("2026-01-01", 50.0)]


def test_a_cost_of_an_unknown_category_counts_as_other(house: Settings) -> None:
    costs = "select category, sum(amount_reporting)::float from marts.fct_cost group by all order by all"
    assert published(house, costs) == [("other", 40.0), ("tools", 100.0)]


def test_more_engaged_sessions_than_sessions_count_as_all_of_them(house: Settings) -> None:
    traffic = "select date_day::varchar, sessions, engaged_sessions from marts.fct_web_traffic order by 1"
    assert published(house, traffic) == [("2026-10-01", 100, 60), ("2026-10-02", 50, 50)]


def test_a_click_without_a_time_is_loaded(house: Settings) -> None:
    with duckdb.connect(str(house.build_file), read_only=True) as connection:
        clicks = connection.execute("select event_at from raw.email_events where event_type = 'click'").fetchall()
    assert clicks == [(None,)]


@pytest.fixture(scope="module")
def later(house: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same home a day later: a corrected goal, and an export of the deals that was cut in its last line."""
    inbox = tmp_path_factory.mktemp("later")
    corrected = odd_rows.GOALS + odd_rows.FIRST_GOAL + odd_rows.CORRECTED
    odd_rows.write(inbox, "plans/1", "goals-corrected.csv", corrected, "2026-11-02")
    cut = odd_rows.DEALS + odd_rows.deal(7001, "9999.00", "7002") + odd_rows.deal(7003, "9999.00")[:60]
    odd_rows.write(inbox, "hubspot/3", "hubspot-crm-exports-all-deals-2026-11-02.csv", cut, "2026-11-02")
    pipeline.run(house, inbox)
    return house


def test_a_file_that_was_cut_is_suspended_and_the_last_good_export_goes_on_counting(later: Settings) -> None:
    deals = "select status, amount_reporting::float from marts.fct_opportunity order by opportunity_id"
    assert published(later, deals) == [("won", 1000.0), ("won", 500.0)]
    ((name, standing, reason),) = published(
        later, "select file_name, standing, standing_reason from marts.mart_file_outcome where standing <> 'counts'"
    )
    assert (name, standing) == ("hubspot-crm-exports-all-deals-2026-11-02.csv", "suspended")
    assert "never closed" in reason and "funnelhouse accept" in reason
    fresh = "select source, file_count, suspended_file_count from marts.mart_source_freshness where source = 'hubspot'"
    assert published(later, fresh) == [("hubspot", 2, 1)]
    said = "select severity, outcome, rows_failed from meta.check_result where check_name = 'no_file_suspended'"
    assert published(later, said) == [("warning", "failed", 1)]
    report = (later.reports / "checks-raw.html").read_text(encoding="utf-8")
    assert "No file is suspended" in report and name in report
    summary = published_summary(later)["suspended files"]
    assert [(row["file"], row["standing"]) for row in summary] == [(name, "suspended")]


def test_the_corrected_file_ends_it(later: Settings) -> None:
    house = later
    assert published(house, "select distinct goal_id from marts.mart_goal_attainment order by 1") == [("T1",), ("T2",)]
    assert [row for row in kept_aside(house) if row[0] == "plans__goals"] == []


@pytest.mark.parametrize("zone", ["America/New_York"])
def test_the_newest_export_may_be_of_the_middle_of_a_month_in_any_zone(
    zone: str, prepared_home: Settings, tmp_path: Path
) -> None:
    """Mails of October count as soon as October is over; two equal durations are in order, whatever their last bit."""
    from datetime import date

    from sample_company.generate import write_sample

    write_sample(tmp_path / "inbox", months=3, scale=0.02, end=date(2026, 10, 17))
    settings = replace(prepared(tmp_path / "home", prepared_home), timezone=zone)
    pipeline.run(settings, tmp_path / "inbox")
    newest = "select max(to_day) <= date '2026-09-30' from marts.mart_benchmark_gap where metric like 'email%'"
    assert published(settings, newest) == [(True,)]
    assert load_settings(settings.home).published_file.exists()
