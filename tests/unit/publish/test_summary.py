"""The closing summary: sums of two windows by hand, and silence where a table is not published."""

from __future__ import annotations

from decimal import Decimal

import pytest

from funnelhouse.publish.errors import NothingPublished
from funnelhouse.publish.publisher import publish
from funnelhouse.publish.summary import published_summary
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import change_build, small_build


def test_nothing_published_is_said(settings: Settings) -> None:
    with pytest.raises(NothingPublished):
        published_summary(settings)


def test_a_version_without_the_tables_gives_empty_sections_and_facts(settings: Settings) -> None:
    small_build(settings)
    version = publish(settings)
    summary = published_summary(settings)
    assert [rows for rows in summary.values() if isinstance(rows, list)] == [[]] * 6
    assert summary["as_of"] == "2026-10-31" and summary["version"] == version.version
    assert summary["published_file"] == str(settings.published_file)
    assert summary["checks"] == "not checked"


def test_sections_are_sums_of_the_marts(settings: Settings) -> None:
    """1 October is the 31st day back from 31 October, so it counts to date only: 5 + 7.50 = 12.50, recent 7.50."""
    small_build(settings)
    change_build(
        settings,
        "create or replace table marts.dim_channel as "
        "select * from (values ('Paid Search', 1), ('Email', 13)) as v (channel, sort_order)",
    )
    change_build(
        settings,
        "create table marts.mart_channel_kpi_daily as select *, date '2026-10-31' as data_as_of from (values "
        "('Email', date '2026-10-31', null::decimal(18, 6), null::bigint, null::bigint, 1, 1), "
        "('Paid Search', date '2026-10-01', 5, 100, 10, 2, 0), "
        "('Paid Search', date '2026-10-02', 7.5, 50, 5, 1, 1)) "
        "as v (channel, date_day, spend_reporting, impressions, clicks, leads, new_customers)",
    )
    change_build(
        settings,
        "create table marts.mart_funnel_daily as select *, date '2026-10-31' as data_as_of from (values "
        "('Won', 8, date '2026-10-31', 1, 3), ('Lead', 3, date '2026-10-31', 4, 9), "
        "('Lead', 3, date '2026-09-01', 2, 2)) "
        "as v (stage, stage_order, date_day, entered, in_stage_at_end)",
    )
    change_build(
        settings,
        "create table marts.mart_file_outcome as select * from (values "
        "('good.csv', 'loaded', null, null, 10, 1), "
        "('bad' || chr(27) || '[31m.csv', 'refused', 'unrecognised', 'no contract claims it', 0, 0)) "
        "as v (file_name, outcome, reason, message, rows_loaded, rows_rejected)",
    )
    publish(settings)
    summary = published_summary(settings)
    names = ("channel", "spend", "impressions", "clicks", "leads", "new_customers")
    assert [tuple(row[name] for name in names) for row in summary["channels, last 30 days"]] == [
        ("Paid Search", Decimal("7.50"), 50, 5, 1, 1),
        ("Email", None, None, None, 1, 1),
        ("Total", Decimal("7.50"), 50, 5, 2, 2),
    ]
    assert [tuple(row[name] for name in names) for row in summary["channels, to date"]] == [
        ("Paid Search", Decimal("12.50"), 150, 15, 3, 1),
        ("Email", None, None, None, 1, 1),
        ("Total", Decimal("12.50"), 150, 15, 4, 2),
    ]
    assert summary["funnel"] == [
        {"stage": "Lead", "entered_30_days": 4, "entered_to_date": 6, "in_stage_now": 9},
        {"stage": "Won", "entered_30_days": 1, "entered_to_date": 1, "in_stage_now": 3},
    ]
    assert summary["refused files"] == [
        {"file": "bad [31m.csv", "reason": "unrecognised", "message": "no contract claims it"}
    ]
    assert [(row["outcome"], row["files"]) for row in summary["files"]] == [("loaded", 1), ("refused", 1)]
