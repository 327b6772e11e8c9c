"""Random goals and deals: what must hold whatever the numbers are, and what a slow count day by day says."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.bare_build import AS_OF, BareBuild
from tests.dbt.tables import fill

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
START = AS_OF - 29 * DAY
PERIOD_COLUMNS = (
    "goal_id, goal_version, period_number, period_start, period_end, periods_total, counts_from, counts_until, "
    "goal_name, metric, metric_kind, spread, unit, is_money, is_rate, scope_type, scope, is_scope_known, "
    "is_measurable, is_lower_better, default_direction, lowest, highest, target_kind, given_target, pacing, "
    "start_date, end_date, baseline, target, data_as_of"
)
PROGRESS_COLUMNS = (
    "goal_id, goal_version, period_number, date_day, days_elapsed, days_total, business_days_elapsed, "
    "business_days_total, opening, numerator, denominator, squares, day_squares, lowest_day, data_as_of"
)
METRICS = {
    "additive": ("won_deals", "days", "count", "increase", 0, None),
    "ratio": ("win_rate", "share", "share", "increase", 0, 1),
    "stock": ("mrr", None, "money", "increase", 0, None),
    "cohort": ("churn_rate", None, "share", "decrease", 0, 1),
}


def period(goal: str, kind: str, target: float, *, lower: bool, target_kind: str = "absolute") -> tuple[Any, ...]:
    """A goal of thirty days that end on the reporting day."""
    metric, spread, unit, direction, lowest, highest = METRICS[kind]
    baseline = None if target_kind in ("absolute", "cap") else target * (2 if lower else 0.5)
    return (
        goal, 1, 1, START, AS_OF, 1, START, date(9999, 12, 31), goal, metric, kind, spread, unit, unit == "money",
        unit == "share", "company", "", True, True, lower, direction, lowest, highest, target_kind, target,
        "calendar", START, AS_OF, baseline, target, AS_OF,
    )  # fmt: skip


def progress(goal: str, elapsed: int, numerator: int, denominator: int) -> tuple[Any, ...]:
    """What was reached after so many days."""
    return (
        goal, 1, 1, START + (elapsed - 1) * DAY, elapsed, 30, elapsed, 30, 10, numerator, denominator, numerator,
        numerator * numerator, 0, AS_OF,
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_is_better_or_worse_all_the_way(
    warehouse: duckdb.DuckDBPyConnection, bare_build: BareBuild, seed: int
) -> None:
    chance = random.Random(seed)
    periods, reached = [], []
    for number in range(300):
        kind = chance.choice(sorted(METRICS))
        target_kind = chance.choice(("absolute", "absolute", "delta", "cap"))
        lower = target_kind == "cap" or chance.random() < 0.5
        target = chance.choice((0.25, 0.5, 0.8)) if kind in ("ratio", "cohort") else chance.randint(1, 40)
        elapsed = chance.choice((1, 6, 15, 29, 30))
        small = chance.randint(1, 20)
        large = small + chance.randint(0, 20)
        for name, numerator in (("small", small), ("large", large)):
            goal = f"{number}|{name}"
            periods.append(period(goal, kind, target, lower=lower, target_kind=target_kind))
            reached.append(progress(goal, elapsed, numerator, 40))
    fill(warehouse, "dim_goal_period", PERIOD_COLUMNS, periods)
    fill(warehouse, "fct_goal_progress", PROGRESS_COLUMNS, reached)
    bare_build.run(warehouse, "mart_goal_attainment")
    pairs = warehouse.execute(
        "select small.goal_id, small.direction, small.attainment, large.attainment, small.pace, large.pace, "
        "small.projection, large.projection from marts.mart_goal_attainment as small "
        "inner join marts.mart_goal_attainment as large "
        "on large.goal_id = replace(small.goal_id, 'small', 'large') where small.goal_id like '%small'"
    ).fetchall()
    assert len(pairs) == 300
    for goal, direction, attained_small, attained_large, pace_small, pace_large, end_small, end_large in pairs:
        sign = 1 if direction == "increase" else -1
        assert sign * (attained_large - attained_small) >= -1e-12, goal
        if pace_small is not None and pace_large is not None:
            assert sign * (pace_large - pace_small) >= -1e-12, goal
        assert end_large >= end_small - 1e-12, goal
    last = warehouse.execute(
        "select count(*), count(*) filter (where abs(projection - actual) > 1e-9) "
        "from marts.mart_goal_attainment where date_day = period_end"
    ).fetchone()
    assert last is not None
    assert last[0] > 0
    assert last[1] == 0


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_the_effects_of_any_gap_add_up_to_it(
    warehouse: duckdb.DuckDBPyConnection, bare_build: BareBuild, seed: int
) -> None:
    chance = random.Random(seed)
    deals: list[tuple[Any, ...]] = []
    goals: list[tuple[Any, ...]] = []
    before: dict[str, Decimal] = {}
    for number in range(60):
        metric = chance.choice(("revenue", "won_deals", "win_rate"))
        goal = f"g{number}"
        values: dict[str, Decimal | None] = {}
        for side, count in (("this period", chance.randint(1, 12)), ("period before", chance.choice((0, 1, 3, 12)))):
            revenue, won, closed, won_closed = Decimal(0), 0, 0, 0
            for deal in range(count):
                status = chance.choice(("won", "won", "lost", "refund"))
                counts = status != "refund" and chance.random() < 0.8
                amount = {"won": Decimal(chance.randint(0, 99_999)) / 100, "lost": Decimal(0),
                          "refund": Decimal(-chance.randint(1, 9_999)) / 100}[status]  # fmt: skip
                channel = chance.choice(("Email", "Paid Search", "Unknown"))
                deals.append((goal, f"{goal}-{side}-{deal}", side, 1, metric, START, AS_OF, START, channel, status,
                              counts, amount, AS_OF))  # fmt: skip
                revenue, won, closed = revenue + amount, won + (status == "won"), closed + counts
                won_closed += counts and status == "won"
            rate = Decimal(won_closed) / closed if closed else None
            values[side] = {"revenue": revenue, "won_deals": Decimal(won), "win_rate": rate}[metric]
        actual = values["this period"]
        if actual is not None:
            before[goal] = values["period before"] or Decimal(0)
            goals.append((goal, 1, goal, metric, True, AS_OF, START, actual, 5, 5, AS_OF))
    fill(warehouse, "mart_goal_attainment", "goal_id, goal_version, goal_name, metric, is_latest, date_day, "
         "period_start, actual, target, expected_to_date, data_as_of", goals)  # fmt: skip
    fill(warehouse, "mart_goal_deal", "goal_id, opportunity_id, side, goal_version, metric, window_start, window_end, "
         "closed_on, channel, status, is_in_win_rate, amount_reporting, data_as_of", deals)  # fmt: skip
    bare_build.run(warehouse, "mart_goal_gap")
    rows = warehouse.execute(
        "select goal_id, sum(effect), min(gap), max(abs(rounding)), min(reference), count(*) "
        "from marts.mart_goal_gap group by goal_id"
    ).fetchall()
    assert len(rows) == len(goals)
    for goal, effects, gap, rounding, reference, components in rows:
        assert components == 6
        assert effects == gap, goal
        assert rounding <= Decimal("0.05"), goal
        assert abs(reference - before[goal]) < Decimal("1e-8"), goal


@pytest.mark.parametrize("seed", [7, 8])
def test_progress_is_what_a_count_day_by_day_says(
    warehouse: duckdb.DuckDBPyConnection, bare_build: BareBuild, seed: int
) -> None:
    chance = random.Random(seed)
    changes = [(day, chance.randint(-3, 9)) for day in range(-40, 30, 3)]
    fill(warehouse, "mart_metric_daily", "metric, date_day, scope_type, scope_id, numerator, data_as_of",
         [(metric, START + day * DAY, "company", "", value, AS_OF)
          for metric in ("won_deals", "mrr") for day, value in changes])  # fmt: skip
    spans = []
    for customer in range(40):
        first = START + chance.randint(-60, 20) * DAY
        for _ in range(chance.randint(1, 3)):
            last = first + chance.randint(1, 40) * DAY
            spans.append((f"c{customer}", first, None if chance.random() < 0.2 else last))
            if spans[-1][2] is None:
                break
            first = last + chance.choice((0, 1, 5)) * DAY
    fill(warehouse, "fct_customer_span", "basis, customer_id, valid_from, valid_to, mrr, data_as_of",
         [("subscription", customer, first, last, 10, AS_OF) for customer, first, last in spans])  # fmt: skip
    fill(warehouse, "dim_goal_period", PERIOD_COLUMNS,
         [period(kind, kind, 1, lower=False) for kind in ("additive", "stock", "cohort")])  # fmt: skip
    fill(warehouse, "intermediate.int_goal_scope", "goal_id, goal_version, scope_id",
         [(kind, 1, "") for kind in ("additive", "stock", "cohort")])  # fmt: skip
    bare_build.run(warehouse, "fct_goal_progress")
    found = {
        (goal, day): (numerator, denominator)
        for goal, day, numerator, denominator in warehouse.execute(
            "select goal_id, date_day, numerator, denominator from marts.fct_goal_progress"
        ).fetchall()
    }
    assert len(found) == 90

    def customers(day: date) -> set[str]:
        return {name for name, first, last in spans if first <= day and (last is None or day < last)}

    starters = customers(START - DAY)
    assert starters
    for elapsed in range(30):
        day = START + elapsed * DAY
        assert found["additive", day][0] == sum(value for at, value in changes if 0 <= at <= elapsed)
        assert found["stock", day][0] == sum(value for at, value in changes if at <= elapsed)
        assert found["cohort", day] == (len(starters - customers(day)), len(starters))
