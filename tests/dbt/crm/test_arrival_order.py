"""The order in which batches arrive and how they are cut into files decide nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bare_build import BareBuild
from tests.dbt.crm import scenario
from tests.dbt.crm.conftest import new_factory
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

TABLES = (
    "dim_account", "dim_person", "dim_product", "dim_region", "dim_sales_rep", "fct_opportunity", "fct_sales_line",
    "mart_call_daily", "mart_funnel_daily", "mart_goal_attainment", "mart_lead_daily", "mart_sales_by_dimension",
    "mart_sales_results",
)  # fmt: skip


def contents(raw: RawFactory, table: str) -> list[str]:
    """The rows of a mart in an order of their own."""
    return sorted(str(tuple(row.values())) for row in raw.rows(f"select * from marts.{table}"))


def test_any_order_any_parts_and_duplicates_give_the_same_tables(
    company: RawFactory, bare_build: BareBuild, tmp_path: Path
) -> None:
    shuffled = new_factory(tmp_path / "home")
    batches = []
    for entity, rows, facts in reversed(scenario.exports()):
        # A big object comes in two parts of one export; other exports arrive twice, their rows in another order.
        if facts["source"] == "salesforce":
            batches += [(entity, rows[1::2], facts), (entity, rows[::2], facts)]
        else:
            batches += [(entity, rows[::-1], facts), (entity, rows, facts)]
    scenario.load(shuffled, [batch for batch in batches if batch[1]], bare_build)
    for table in TABLES:
        assert contents(shuffled, table) == contents(company, table), table
