"""mart_funnel_conversion against counting by hand, one lead at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.dbt.funnel import story
from tests.dbt.funnel.conftest import Told

pytestmark = pytest.mark.slow

PAIRS = [("Lead", "MQL"), ("MQL", "SAL"), ("SAL", "Opportunity"), ("Opportunity", "Customer"), ("Lead", "Opportunity"),
         ("Lead", "Customer"), ("MQL", "Customer"), ("Customer", "Retained"), ("Customer", "Churned")]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]} to {pair[1]}")
@pytest.mark.parametrize("window", [30, 60, 90, 180, 365, None])
def test_cohorts(told: Told, pair: tuple[str, str], window: int | None) -> None:
    counted: dict[date, list[int]] = {}
    for life in told.lives:
        entered = {stage: story.local_day(at) for stage, at in story.first_entries(life).items()}
        if pair[0] not in entered:
            continue
        start = entered[pair[0]]
        sums = counted.setdefault(start.replace(day=1), [0, 0, 0])
        sums[1] += 1
        end = entered.get(pair[1])
        if end is not None:
            sums[0] += window is None or (end - start).days <= window
        elif not story.has_ended(life) or (
            # Customers are on their way to stay or to leave.
            pair[0] == "Customer" and story.position(story.recorded_path(life), story.AS_OF) in ("Customer", "Retained")
        ):
            sums[2] += window is None or (story.AS_OF - start).days < window
    rows = told.raw.rows(
        f"select month_start, numerator, denominator, n_open, is_mature from marts.mart_funnel_conversion where "
        f"from_stage = '{pair[0]}' and to_stage = '{pair[1]}' and entity_type = 'person' and basis = 'cohort' "
        f"and dimension_type = 'all' and window_days is not distinct from {window or 'null'}"
    )
    if pair[1] == "Retained" and window is not None and window < 90:
        counted = {}  # nobody is retained sooner, by definition: nothing is published
    assert {row["month_start"]: [row["numerator"], row["denominator"], row["n_open"]] for row in rows} == counted
    for row in rows:
        month_end = (row["month_start"] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        ripe = row["n_open"] == 0 if window is None else month_end + timedelta(days=window) <= story.AS_OF
        assert row["is_mature"] == ripe


@pytest.mark.parametrize("pair", PAIRS[:4], ids=lambda pair: f"{pair[0]} to {pair[1]}")
def test_stocks_at_the_end_of_each_month(told: Told, pair: tuple[str, str]) -> None:
    rows = told.raw.rows(
        f"select month_start, numerator, denominator from marts.mart_funnel_conversion where from_stage = '{pair[0]}' "
        f"and to_stage = '{pair[1]}' and entity_type = 'person' and basis = 'snapshot' and dimension_type = 'all'"
    )
    paths = [story.recorded_path(life) for life in told.lives]
    assert rows
    for row in rows:
        end = min((row["month_start"] + timedelta(days=31)).replace(day=1) - timedelta(days=1), story.AS_OF)
        standing = [story.position(path, end) for path in paths]
        assert (row["numerator"], row["denominator"]) == (standing.count(pair[1]), standing.count(pair[0])), end


def test_win_rate_by_close_date(told: Told) -> None:
    closed = [deal.closed for life in told.lives for deal in life.deals if deal.closed]
    rows = told.raw.rows(
        "select month_start, numerator, denominator from marts.mart_funnel_conversion "
        "where metric = 'win_rate' and dimension_type = 'all'"
    )
    assert rows
    for row in rows:
        month = [how for at, how in closed if story.local_day(at).replace(day=1) == row["month_start"]]
        assert (row["numerator"], row["denominator"]) == (month.count("Won"), len(month))
    assert sum(row["denominator"] for row in rows) == len(closed)


def test_the_interval_is_wilson_s(told: Told) -> None:
    rows = told.raw.rows(
        "select numerator as k, denominator as n, conversion_rate_low as low, conversion_rate_high as high "
        "from marts.mart_funnel_conversion where conversion_rate_low is not null"
    )
    assert len(rows) > 100
    z = 1.959963984540054
    for row in rows:
        k, n = row["k"], row["n"]
        # The rates p at which k / n is just z standard errors away: (p - k / n)^2 = z^2 p (1 - p) / n.
        a, b, c = 1 + z * z / n, -(2 * k / n + z * z / n), (k / n) ** 2
        root = math.sqrt(max(b * b - 4 * a * c, 0))
        assert row["low"] == pytest.approx((-b - root) / (2 * a), abs=1e-9)
        assert row["high"] == pytest.approx((-b + root) / (2 * a), abs=1e-9)


def test_what_the_whole_counts_every_dimension_counts(told: Told) -> None:
    rows = told.raw.rows(
        "select metric, basis, window_days, month_start, count(distinct total) as totals from (select metric, basis, "
        "window_days, month_start, dimension_type, (sum(numerator), sum(denominator), sum(n_open)) as total "
        "from marts.mart_funnel_conversion group by all) group by all having totals > 1"
    )
    assert rows == []


def purchased(life: story.Life) -> date | None:
    days = [story.local_day(deal.closed[0]) for deal in life.deals
            if deal.closed and deal.closed[1] == "Won" and deal.amount > 0]  # fmt: skip
    return min(days, default=None)


def signed_up(life: story.Life, kinds: tuple[bool, ...]) -> date | None:
    return min((start for start, _, is_trial in life.subscriptions if is_trial in kinds), default=None)


@pytest.mark.parametrize(
    ("metric", "reached"),
    [
        pytest.param("lead_to_purchase", purchased, id="free orders are not purchases"),
        pytest.param("lead_to_trial", lambda life: signed_up(life, (True,)), id="trial apart from paid"),
        pytest.param("lead_to_subscription", lambda life: signed_up(life, (False,)), id="paid apart from trial"),
        pytest.param("lead_to_sign_up", lambda life: signed_up(life, (True, False)), id="either is a sign-up"),
    ],
)
def test_what_leads_buy_or_sign_up_for(told: Told, metric: str, reached: Callable[[story.Life], date | None]) -> None:
    for window in (90, None):
        counted: dict[date, list[int]] = {}
        for life in told.lives:
            start = story.local_day(story.first_entries(life)["Lead"])
            sums = counted.setdefault(start.replace(day=1), [0, 0])
            sums[1] += 1
            day = reached(life)
            sums[0] += day is not None and (window is None or (day - start).days <= window)
        rows = told.raw.rows(
            f"select month_start, numerator, denominator from marts.mart_funnel_conversion where metric = '{metric}' "
            f"and basis = 'cohort' and dimension_type = 'all' and window_days is not distinct from {window or 'null'}"
        )
        assert {row["month_start"]: [row["numerator"], row["denominator"]] for row in rows} == counted
        assert sum(row["numerator"] for row in rows) > 0


@pytest.mark.parametrize("pair", PAIRS[:4], ids=lambda pair: f"{pair[0]} to {pair[1]}")
def test_strict_counts_only_recorded_entries(told: Told, pair: tuple[str, str]) -> None:
    counted: dict[date, list[int]] = {}
    for life in told.lives:
        reached = story.first_entries(life)
        if pair[0] not in reached:
            continue
        sums = counted.setdefault(story.local_day(reached[pair[0]]).replace(day=1), [0, 0])
        first = {stage: min((at for at, name in story.recorded_path(life) if name == stage), default=None)
                 for stage in pair}  # fmt: skip
        sums[1] += first[pair[0]] is not None
        sums[0] += first[pair[0]] is not None and first[pair[1]] is not None and first[pair[0]] <= first[pair[1]]
    rows = told.raw.rows(
        f"select month_start, numerator_strict, denominator_strict from marts.mart_funnel_conversion "
        f"where from_stage = '{pair[0]}' and to_stage = '{pair[1]}' and entity_type = 'person' and basis = 'cohort' "
        f"and dimension_type = 'all' and window_days is null"
    )
    assert {row["month_start"]: [row["numerator_strict"], row["denominator_strict"]] for row in rows} == counted
