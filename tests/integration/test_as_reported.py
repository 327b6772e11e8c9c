"""The published file answers what was reported on a day and where everybody stood, through the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from funnelhouse.publish import reader
from funnelhouse.settings import Settings

pytestmark = pytest.mark.slow

SAME = {
    "ad_performance": ("fct_ad_performance", "*"),
    "web_traffic": ("fct_web_traffic", "*"),
    "email_campaign": ("fct_email_campaign", "*"),
    "social_post": ("fct_social_post_daily", "*"),
    "opportunity": (
        "fct_opportunity",
        "opportunity_id, source, opportunity_name, account_id, pipeline, source_stage, stage, status, "
        "opportunity_type, created_on, expected_close_on, closed_on, amount_native, currency, is_currency_assumed, "
        "amount_reporting, fx_rate, fx_date, is_fx_missing, probability, is_stage_unmapped, loss_reason",
    ),
}


def _ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    return reader.query(settings, sql)[1]


@pytest.mark.parametrize("name", SAME)
def test_what_is_reported_today_is_the_fact_row_by_row(sample_house: Settings, name: str) -> None:
    fact, columns = SAME[name]
    told = f"select {columns} from {name}_as_reported_on((select max(data_as_of) from marts.{fact}))"
    kept = f"select {columns} from marts.{fact}"
    assert _ask(sample_house, f"{told} except all {kept}") == []
    assert _ask(sample_house, f"{kept} except all {told}") == []


def test_before_the_first_export_nothing_was_reported(sample_house: Settings) -> None:
    first = "(select min(reported_on) - 1 from marts.fct_ad_performance_version)"
    assert _ask(sample_house, f"select count(*) from ad_performance_as_reported_on({first})") == [(0,)]


def test_the_restatements_of_spend_lie_between_the_first_reports_and_the_fact(sample_house: Settings) -> None:
    """First reports + restatements = what the fact says now, to the sixth decimal, per account."""
    query = """
        with firsts as (
            select v.account_id, sum(v.spend_native) as spend
            from marts.fct_ad_performance_version as v
            where v.reported_from = (
                select min(o.reported_from) from marts.fct_ad_performance_version as o
                where o.source = v.source and o.account_id = v.account_id and o.date_day = v.date_day
            )
            group by all
        ), changes as (
            select account_id, sum(difference) as spend from marts.mart_restatement where measure = 'spend' group by all
        ), facts as (
            select account_id, sum(spend_native) as spend from marts.fct_ad_performance group by all
        )
        select account_id, firsts.spend, changes.spend, facts.spend
        from facts join firsts using (account_id) left join changes using (account_id)
        where firsts.spend + coalesce(changes.spend, 0) <> facts.spend
    """
    assert _ask(sample_house, query) == []
    assert _ask(sample_house, "select count(*) > 0 from marts.mart_restatement where measure = 'spend'") == [(True,)]


@pytest.mark.parametrize("sql", [
    "select count(*) as n from ad_performance_as_reported_on(date '2026-10-15')",
    "select count(*) as n from position_as_of(date '2026-10-15')",
])  # fmt: skip
def test_the_command_line_answers_for_a_day(
    sample_house: Settings, sql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from funnelhouse.cli import app

    app(["query", sql, "--format", "json", "--home", str(sample_house.home)], standalone_mode=False)
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["n"] > 0


def test_every_day_since_the_first_lead_has_its_positions(sample_house: Settings) -> None:
    """position_as_of(day) for every day: as many as intervals that hold the day's end."""
    days = _ask(sample_house, "select distinct entered_on from marts.fct_stage_interval order by 1")
    for (day,) in days[:: max(len(days) // 12, 1)]:
        held = f"""select count(*) from marts.fct_stage_interval
            where entered_on <= date '{day}' and coalesce(left_on, date '9999-12-31') > date '{day}'"""
        told = _ask(sample_house, f"select count(*) from position_as_of(date '{day}')")
        assert told == _ask(sample_house, held)
        assert told[0][0] > 0
    assert _ask(sample_house, "select count(*) from position_as_of(date '2000-01-01')") == [(0,)]
