"""Goals of the hand-worked company, day by day. Won: 1110.01 in February, 3206.71 in March, 4316.72 in all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow


def on(company: RawFactory, goal: str, day: str) -> dict[str, Any]:
    """The goal's row of a day."""
    (row,) = company.rows(
        f"select * from marts.mart_goal_attainment where goal_id = '{goal}' and date_day = date '{day}'"
    )
    return row


def check(row: dict[str, Any], **expected: object) -> None:
    """Compare some columns; numbers within rounding."""
    for name, value in expected.items():
        wanted = pytest.approx(value) if isinstance(value, float) else value
        assert row[name] == wanted, name


def test_the_version_valid_on_the_day_counts(company: RawFactory) -> None:
    # Day 59 of 90: 4000 x 59 / 90 = 2622.22 expected; 1110.01 / 2622.22 = 0.4233.
    check(on(company, "revenue", "2026-02-28"), goal_version=1, target=4000.0, actual=1110.01, days_elapsed=59,
          expected_to_date=4000 * 59 / 90, pace=1110.01 * 90 / (4000 * 59), status="behind",
          projection=1110.01 * 90 / 59, required_run_rate=(4000 - 1110.01) / 31)  # fmt: skip
    check(on(company, "revenue", "2026-03-01"), goal_version=2, target=5000.0, days_elapsed=60)


def test_a_running_goal_may_be_at_risk_and_an_ended_one_is_missed(company: RawFactory) -> None:
    # Day 89: 4316.72 / (5000 x 89 / 90) = 0.873; one day is left for 683.28.
    check(on(company, "revenue", "2026-03-30"), status="at_risk", required_run_rate=683.28, days_remaining=1)
    check(on(company, "revenue", "2026-03-31"), status="missed", attainment=0.863344, required_run_rate=None)


def test_relative_percent_on_a_measured_baseline(company: RawFactory) -> None:
    # +9 % on February's 1110.01 is 1209.9109; (3206.71 - 1110.01) / (1209.9109 - 1110.01).
    check(on(company, "growth", "2026-03-31"), baseline=1110.01, target=1209.9109, actual=3206.71,
          attainment=2096.70 / 99.9009, status="achieved")  # fmt: skip


def test_percentage_points_on_a_ratio_are_not_pro_rated(company: RawFactory) -> None:
    # 0.80 and five points: 0.85; eight won of nine closed; (0.8889 - 0.80) / 0.05.
    check(on(company, "win rate", "2026-03-31"), target=0.85, expected_to_date=0.85, actual=8 / 9,
          actual_denominator=9, attainment=(8 / 9 - 0.8) / 0.05, status="achieved", is_low_n=True)  # fmt: skip
    check(on(company, "win rate", "2026-02-28"), actual=1.0, expected_to_date=0.85, status="on_track")


def test_nothing_closed_yet_is_no_data(company: RawFactory) -> None:
    check(on(company, "win rate", "2026-02-05"), actual=None, attainment=None, pace=None, status="no_data")


def test_lower_is_better_change(company: RawFactory) -> None:
    # Cycles 28, 31, 0, 14, 10, 5, 26: 114 / 7; from 20 to 15: (16.2857 - 20) / (15 - 20).
    check(on(company, "faster", "2026-03-30"), target=15.0, actual=114 / 7, pace=15 * 7 / 114,
          attainment=(114 / 7 - 20) / -5, status="at_risk", direction="decrease")  # fmt: skip
    check(on(company, "faster", "2026-03-31"), status="missed")


def test_lower_is_better_level(company: RawFactory) -> None:
    check(on(company, "fast", "2026-03-31"), attainment=20 * 7 / 114, status="achieved")


def test_cap(company: RawFactory) -> None:
    check(on(company, "few accounts", "2026-03-10"), actual=4.0, expected_to_date=4.0, attainment=1.0,
          status="on_track")  # fmt: skip
    check(on(company, "few accounts", "2026-03-18"), actual=5.0, attainment=0.8, status="missed")


def test_team_scope(company: RawFactory) -> None:
    # Leads of Dana: L1, L9 and H1, whose owner the other tool knows by name; two are enough from 11 February on.
    check(on(company, "AMER leads", "2026-02-10"), actual=1.0)
    check(on(company, "AMER leads", "2026-03-31"), actual=3.0, attainment=1.5, status="achieved")


def test_target_in_another_currency(company: RawFactory) -> None:
    # 100 EUR at the rate of the goal's first day, 1.10.
    check(on(company, "Jonas", "2026-03-31"), target=110.0, actual=160.01, currency="USD", status="achieved")


@pytest.mark.parametrize("goal", ["nobody", "unknown"])
def test_what_cannot_be_measured_is_no_data(company: RawFactory, goal: str) -> None:
    check(on(company, goal, "2026-03-31"), actual=None, attainment=None, projection=None, status="no_data")
    check(on(company, goal, "2026-03-30"), required_run_rate=None)


def test_target_equal_to_the_baseline_has_no_attainment(company: RawFactory) -> None:
    check(on(company, "no change", "2026-03-31"), attainment_denominator=0.0, attainment=None)


def test_goals_have_days_from_their_start_to_their_end_only(company: RawFactory) -> None:
    rows = company.rows(
        "select goal_id, min(date_day)::text as first, max(date_day)::text as last, count(*) as days "
        "from marts.mart_goal_attainment "
        "where goal_id in ('January', 'growth', 'later', 'revenue') group by 1 order by 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("January", "2026-01-01", "2026-01-31", 31),
        ("growth", "2026-03-01", "2026-03-31", 31),
        ("revenue", "2026-01-01", "2026-03-31", 90),
    ]
    check(on(company, "January", "2026-01-31"), status="missed", actual=0.0)
