"""The company's own spreadsheets: costs, goals, benchmarks and exchange rates, labelled like the entities' columns."""

from __future__ import annotations

from dataclasses import astuple, fields

from sample_company.company import PLANS
from sample_company.money import month_start, monthly_rate
from sample_company.story import plans
from sample_company.world import World
from sample_company.writers.output import Output, csv_line

BENCHMARK_HEADER = ("metric", "segment", "low", "median", "high", "benchmark_source", "published_on")
FX_HEADER = ("rate_date", "from_currency", "to_currency", "rate")


def write(world: World, output: Output) -> None:
    """The four files."""
    made = f"{world.exported:%Y-%m-%dT%H:%M:%SZ}"
    folder = output.folder(PLANS, facts={"exported_at": made}, has_currency=False)
    rates = []
    month = month_start(world.start, -2)
    while month <= world.end:
        day = month.isoformat()
        rates.append((day, "EUR", "USD", f"{monthly_rate(world.seed, 'EURUSD', month):f}"))
        rates.append((day, "USD", "VND", f"{monthly_rate(world.seed, 'USDVND', month):f}"))
        month = month_start(month, 1)
    tables = {
        "marketing_costs.csv": (
            [one.name for one in fields(plans.Cost)],
            [[str(cell) for cell in astuple(cost)] for cost in plans.costs(world)],
        ),
        "goals.csv": (plans.GOAL_COLUMNS, [list(goal.values()) for goal in plans.goals(world)]),
        "benchmarks.csv": (BENCHMARK_HEADER, plans.BENCHMARKS),
        "fx_rates.csv": (FX_HEADER, rates),
    }
    for name, (header, rows) in tables.items():
        with output.writing(folder / name, exported=world.exported) as target:
            target.text(csv_line(header))
            for row in rows:
                target.row(csv_line(row))
