"""mart_funnel_velocity against sorting and counting by hand, one lead at a time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from tests.dbt.funnel import story
from tests.dbt.funnel.conftest import Told

pytestmark = pytest.mark.slow


def quantile(values: list[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, straight lines between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@pytest.mark.parametrize("pair", [("Lead", "MQL"), ("MQL", "SAL"), ("SAL", "Opportunity"), ("Lead", "Customer")],
                         ids=lambda pair: f"{pair[0]} to {pair[1]}")  # fmt: skip
def test_days_between_recorded_stages(told: Told, pair: tuple[str, str]) -> None:
    taken: dict[date, list[float]] = defaultdict(list)
    for life in told.lives:
        reached = story.first_entries(life)
        path = story.recorded_path(life)
        # Imputed entries are not in the path: nobody measured them.
        if all(stage in reached and (reached[stage], stage) in path for stage in pair):
            month = story.local_day(reached[pair[0]]).replace(day=1)
            taken[month].append((reached[pair[1]] - reached[pair[0]]).total_seconds() / 86400)
    rows = told.raw.rows(
        f"select * from marts.mart_funnel_velocity where dimension_type = 'all' and n_completed > 0 "
        f"and metric = '{pair[0].lower()}_to_{pair[1].lower()}'"
    )
    assert {row["month_start"] for row in rows} == set(taken)
    for row in rows:
        values = taken[row["month_start"]]
        assert row["n_completed"] == len(values)
        assert row["duration_mean"] == pytest.approx(sum(values) / len(values))
        for column, share in (("duration_median", 0.5), ("duration_p75", 0.75), ("duration_p90", 0.9)):
            assert row[column] == pytest.approx(quantile(values, share))


def test_the_sales_cycle_is_days_from_creation_to_close(told: Told) -> None:
    taken: dict[date, list[int]] = defaultdict(list)
    for life in told.lives:
        for deal in life.deals:
            if deal.closed and deal.closed[1] == "Won":
                day = story.local_day(deal.closed[0])
                taken[day.replace(day=1)].append((day - story.local_day(deal.created_at)).days)
    rows = told.raw.rows(
        "select month_start, n_completed, duration_total from marts.mart_funnel_velocity "
        "where metric = 'sales_cycle_won' and dimension_type = 'all'"
    )
    assert taken
    assert {row["month_start"]: (row["n_completed"], row["duration_total"]) for row in rows} == {
        month: (len(values), sum(values)) for month, values in taken.items()
    }


def test_leads_nobody_called_wait(told: Told) -> None:
    rows = told.raw.rows(
        "select sum(n_open)::int as waiting, sum(n_completed)::int as called from marts.mart_funnel_velocity "
        "where metric = 'speed_to_lead' and dimension_type = 'all'"
    )
    called = sum(bool(life.calls) for life in told.lives)
    assert rows == [{"waiting": len(told.lives) - called, "called": called}]
