"""What the digest says, read from the published file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from funnelhouse.errors import Verdict
from funnelhouse.publish import reader
from funnelhouse.settings import Settings

WINDOW_DAYS = 28
"""Four whole weeks, so that no weekday counts more often on one side."""
SHOWN = 5
"""Most lines of a list; how many there are in all is said."""
Z = 1.96
"""A change is noise within 95 % of what chance alone brings."""

METRICS = {
    "revenue": "Revenue", "won_deals": "Won deals", "new_accounts": "New customers", "opportunities": "Opportunities",
    "mqls": "Marketing qualified leads", "leads": "Leads", "inquiries": "Responses to campaigns",
}  # fmt: skip
"""Sums of days in marts.mart_metric_daily, with their names for people."""

_CHANGES = """
    select
        metric,
        sum(numerator) filter (where date_day > $middle), sum(squares) filter (where date_day > $middle),
        sum(numerator) filter (where date_day <= $middle), sum(squares) filter (where date_day <= $middle)
    from marts.mart_metric_daily
    where scope_type = 'company' and metric in (select unnest($metrics)) and date_day > $first and date_day <= $day
    group by metric
"""
_KNOWN = """
    select distinct metric from marts.mart_metric_daily where scope_type = 'company' and date_day <= $first
"""
_SPEND = """
    select
        sum(spend_reporting) filter (where date_day > $middle),
        sum(spend_reporting) filter (where date_day <= $middle)
    from marts.mart_channel_kpi_daily where date_day > $first and date_day <= $day
"""
_GOALS = """
    select goal_id, goal, scope, due, actual, target, is_rate, currency, goal_status
    from marts.goals_as_of($day)
    where goal_status in ('behind', 'at_risk', 'missed') and due >= $recent
    order by list_position(['behind', 'at_risk', 'missed'], goal_status), due, goal_id
"""
_LEAKS = """
    select from_stage, to_stage, dimension_type, dimension_value, recent_conversion_rate_cohort as now,
        baseline_conversion_rate_cohort as before, lost_value_reporting as lost
    from marts.mart_funnel_bottleneck
    where is_conversion_bottleneck
    order by lost_value_reporting desc nulls last, metric, dimension_type, dimension_value
"""
_STUCK = """
    select stage, campaign_name as campaign, n_open, n_stuck, value_at_risk_reporting as at_risk
    from marts.mart_stuck_leads
    where n_stuck > 0
    order by value_at_risk_reporting desc nulls last, n_stuck desc, stage, campaign_name
"""
_ADVICE = """
    select campaign_name as campaign, lever, advice, best_variant, worst_variant, spend_change_reporting as change,
        effect, effect_low, effect_high, effect_unit
    from marts.mart_recommendation
    where advice in ('raise', 'lower', 'change')
    order by lever <> 'budget', abs(effect) desc, campaign_name, lever, variant_kind
"""
_CAVEATS = {
    "stale": """select source || ' ' || coalesce(account_id, '') as what, last_data_on as since
        from marts.mart_source_freshness where days_behind > 7 order by days_behind desc, what""",
    "refused": "select count(*) from marts.mart_file_outcome where outcome = 'refused'",
    "suspended": "select count(*) from marts.mart_file_outcome where standing = 'suspended'",
    "unknown": "select count(*) from marts.mart_unknown_value",
    "checks": "select count(*) from meta.check_result where outcome in ('failed', 'raised')",
}


@dataclass(frozen=True)
class Change:
    """One number of the last four weeks beside the four weeks before. None: not known."""

    name: str
    is_money: bool
    now: Decimal | None
    before: Decimal | None
    is_noise: bool

    @property
    def share(self) -> Decimal | None:
        """Change as a share of what it was."""
        if self.now is None or not self.before:
            return None
        return (self.now - self.before) / self.before


@dataclass(frozen=True)
class Digest:
    """Everything on the page. Lists of rows hold all there are; the page shows the first few."""

    day: date
    reporting_day: date
    changes: list[Change]
    goals: list[dict[str, Any]]
    leaks: list[dict[str, Any]]
    stuck: list[dict[str, Any]]
    advice: list[dict[str, Any]]
    stale: list[dict[str, Any]]
    counts: dict[str, int]
    """How many files are refused and suspended, values unknown and checks broken."""


def read_digest(settings: Settings, day: date | None) -> Digest:
    """The digest of a day (default: the reporting date). The same day of the same version is always the same.

    Numbers and goals are as of the day; leaks, stuck leads, advice and caveats are those of the reporting date. Raises
    Verdict if the day lies after the reporting date, and NothingPublished.
    """
    with reader.connect(settings) as connection:
        row = connection.execute("select max(data_as_of) from marts.dim_date").fetchone()
        assert row is not None  # noqa: S101 (an aggregate has one row)
        reporting_day: date = row[0]
        day = day or reporting_day
        if day > reporting_day:
            raise Verdict(f"the data end on {reporting_day}; ask for that day or an earlier one with --as-of")
        counts = {
            name: int((connection.execute(sql).fetchone() or (0,))[0])
            for name, sql in _CAVEATS.items()
            if name != "stale"
        }
        return Digest(
            day, reporting_day, _changes(connection, day),
            _rows(connection, _GOALS, {"day": day, "recent": day - timedelta(days=WINDOW_DAYS)}),
            _rows(connection, _LEAKS), _rows(connection, _STUCK), _rows(connection, _ADVICE),
            _rows(connection, _CAVEATS["stale"]), counts,
        )  # fmt: skip


def _changes(connection: duckdb.DuckDBPyConnection, day: date) -> list[Change]:
    middle, first = day - timedelta(days=WINDOW_DAYS), day - timedelta(days=2 * WINDOW_DAYS)
    days = {"day": day, "middle": middle, "first": first}
    sums = {row[0]: row[1:] for row in connection.execute(_CHANGES, {**days, "metrics": list(METRICS)}).fetchall()}
    known = {row[0] for row in connection.execute(_KNOWN, {"first": first}).fetchall()} | set(sums)
    found = []
    for metric, name in METRICS.items():
        if metric not in known:
            continue  # no source tells about it
        sides = (Decimal(value or 0) for value in sums.get(metric, (0, 0, 0, 0)))
        now, now_squares, before, before_squares = sides
        # Cases come one by one: the variance of their sum is the sum of their squares.
        chance = Z * math.sqrt(now_squares + before_squares)
        found.append(Change(name, metric == "revenue", now, before, abs(now - before) <= chance))
    spend = connection.execute(_SPEND, days).fetchone()
    if spend and any(value is not None for value in spend):
        found.append(Change("Ad spend", True, spend[0], spend[1], False))
    return found


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any] | None = None
) -> list[dict[str, Any]]:  # fmt: skip
    result = connection.execute(sql, values or {})
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
